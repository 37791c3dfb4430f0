/** Rate against loss (above) and against latency (below, logarithmic), one line for each contender, as one SVG. */
export const plotRates = (series) => {
  const rates = [...new Set(series.flatMap(({ steps }) => steps.map(({ rate }) => rate)))].sort((a, b) => a - b);
  const x = (rate) => left + (Math.log(rate / rates[0]) / Math.log(rates.at(-1) / rates[0])) * width;
  const loss = panel({
    top: 40,
    title: 'lost, % of what should have arrived',
    ticks: [0, 25, 50, 75, 100],
    position: (value) => value / 100,
    value: ({ lost, expected }) => (lost / expected) * 100,
  });
  const latency = panel({
    top: 320,
    title: 'p99 latency, ms',
    ticks: [0.1, 1, 10, 100, 1000],
    position: (value) => Math.min(1, Math.max(0, (Math.log10(value) + 1) / 4)),
    value: ({ p99 }) => Math.max(p99, 0.1),
  });
  const legend = series.map(
    ({ name }, index) =>
      `<g transform="translate(${left + index * 150},16)"><rect width="14" height="4" y="-4" fill="${colours[index]}"/><text x="20">${name}</text></g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 600" font-family="system-ui, sans-serif" font-size="12">
<rect width="720" height="600" fill="#fff"/>
${legend.join('\n')}
${loss(series, rates, x)}
${latency(series, rates, x)}
<text x="${left + width / 2}" y="592" text-anchor="middle">messages/s</text>
</svg>
`;
};

const [left, width, height] = [60, 630, 220];
const colours = ['#1971c2', '#c92a2a', '#868e96'];

const panel =
  ({ top, title, ticks, position, value }) =>
  (series, rates, x) => {
    const y = (figure) => top + height - position(figure) * height;
    const grid = ticks.map(
      (tick) =>
        `<line x1="${left}" x2="${left + width}" y1="${y(tick)}" y2="${y(tick)}" stroke="#dee2e6"/><text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    );
    const marks = rates.map(
      (rate) =>
        `<text x="${x(rate)}" y="${top + height + 16}" text-anchor="middle" fill="#495057">${shortly(rate)}</text>`,
    );
    const lines = series.map(({ name, steps }, index) => {
      const points = steps.map((step) => `${x(step.rate).toFixed(1)},${y(value(step)).toFixed(1)}`);
      const dots = points.map((point) => {
        const [cx, cy] = point.split(',');
        return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colours[index]}"/>`;
      });
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours[index]}" stroke-width="2"><title>${name}</title></polyline>${dots.join('')}`;
    });
    return `<text x="${left}" y="${top - 6}" font-weight="600">${title}</text>\n${[...grid, ...marks, ...lines].join('\n')}`;
  };

const shortly = (rate) => (rate >= 1000 ? `${rate / 1000} k` : rate);
