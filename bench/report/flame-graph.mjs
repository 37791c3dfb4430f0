const [width, barHeight] = [1200, 17];
/** Bars narrower than this are left out, in pixels. */
const least = 1;

/** A V8 CPU profile as a flame graph: wide is long, what is above was called by what is below. Waiting is left out. */
export const drawFlameGraph = (profile, title) => {
  const root = treeOf(profile);
  const bars = [];
  const draw = (node, x, depth) => {
    const size = (node.total / root.total) * width;
    if (size < least) return;
    bars.push({ node, x, size, depth });
    let at = x;
    for (const child of [...node.children].sort((a, b) => b.total - a.total)) {
      draw(child, at, depth + 1);
      at += (child.total / root.total) * width;
    }
  };
  draw(root, 0, 0);
  const height = (Math.max(...bars.map(({ depth }) => depth)) + 3) * barHeight;
  const shapes = bars.map(({ node, x, size, depth }) => {
    const y = height - (depth + 1) * barHeight;
    const share = ((node.total / root.total) * 100).toFixed(1);
    const label = size > 40 ? escaped(node.name.slice(0, Math.floor(size / 7))) : '';
    return `<g><title>${escaped(node.name)} ${escaped(node.place)}, ${share} %</title><rect x="${x.toFixed(1)}" y="${y}" width="${(size - 0.5).toFixed(1)}" height="${barHeight - 1}" fill="${colourOf(node)}"/><text x="${(x + 3).toFixed(1)}" y="${y + 12}">${label}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, monospace" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/><text x="4" y="14" font-weight="600">${escaped(title)}</text>
${shapes.join('\n')}
</svg>
`;
};

/** What most of the time was spent in, without what it called. */
export const hottest = (profile) => {
  const own = new Map();
  let total = 0;
  const add = (node) => {
    own.set(node.name, (own.get(node.name) ?? 0) + node.own);
    total += node.own;
    node.children.forEach(add);
  };
  add(treeOf(profile));
  return [...own].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
};

const treeOf = ({ nodes, samples, timeDeltas }) => {
  const own = new Map();
  samples.forEach((id, index) => own.set(id, (own.get(id) ?? 0) + timeDeltas[index]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = ({ id, callFrame, children = [] }) => {
    const { functionName, url, lineNumber } = callFrame;
    const isWaiting = functionName === '(idle)';
    const inner = children.map((child) => build(byId.get(child)));
    const time = isWaiting ? 0 : (own.get(id) ?? 0);
    return {
      name: words.get(functionName) ?? (functionName === '' ? `a function in ${url.split('/').at(-1)}` : functionName),
      place: url === '' ? '' : `${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`,
      own: time,
      total: time + inner.reduce((sum, child) => sum + child.total, 0),
      children: inner,
    };
  };
  return build(nodes[0]);
};

/** What V8 calls what is not JavaScript. */
const words = new Map([
  ['(program)', 'Node and system calls'],
  ['(garbage collector)', 'garbage collection'],
  ['(root)', 'all'],
]);

const colourOf = ({ place }) =>
  place === '' ? '#ced4da' : place.startsWith('internal') || place.includes('node:') ? '#ffd8a8' : '#ffa94d';

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
