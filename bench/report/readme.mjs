import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from '../setup.mjs';

const path = join(import.meta.dirname, '..', 'README.md');

/** Writes the table of all results that there are into the README; what stands around it is written by people. */
export const writeReadme = (ids) => {
  const results = ids.map(resultOf).filter((result) => result !== undefined);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    replaceBetween(
      text,
      [tableOf(results), machineOf(results), plotOf(), flameOf()].filter((part) => part !== '').join('\n\n'),
    ),
  );
};

const resultOf = (id) => {
  const file = join(folders.results, `${id}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
};

const [begin, end] = ['<!-- results -->', '<!-- /results -->'];

const replaceBetween = (text, part) =>
  `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${part}\n\n${text.slice(text.indexOf(end))}`;

const tableOf = (results) => {
  const rows = results.flatMap(({ id, lines }) =>
    lines.map(({ measure, ours, beside, found, target, isMet }) => {
      const verdict = isMet === undefined ? '' : isMet ? 'yes' : '**no**';
      return `| ${id.toUpperCase()} | ${measure} | ${ours} | ${beside} | ${found} | ${target} | ${verdict} |`;
    }),
  );
  const head = ['|  | measure | SemStreams | beside it | found | target | holds |', '|---|---|---|---|---|---|---|'];
  return [...head, ...rows].join('\n');
};

/** Where all results are of one run this is one line, else one for each machine and commit. */
const machineOf = (results) => {
  const said = new Map();
  for (const { id, machine } of results) {
    const { processor, cores, memoryGb, kernel, sendersIn, versions } = machine;
    const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    const key = `${machine.at.slice(0, 10)}, ${processor}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}; ${programs.join(', ')}; senders and receivers in ${sendersIn}`;
    const known = said.get(key) ?? { ids: [], loads: [] };
    known.ids.push(id.toUpperCase());
    known.loads.push(Number(machine.load.split(' ')[0]));
    said.set(key, known);
  }
  return [...said]
    .map(([key, { ids, loads }]) => {
      const load = `load of the machine before each row ${Math.min(...loads)} to ${Math.max(...loads)}`;
      return said.size === 1 ? `Measured on ${key}; ${load}.` : `${ids.join(', ')}: measured on ${key}; ${load}.`;
    })
    .join('\n\n');
};

const plotOf = () =>
  existsSync(join(folders.results, 'rates.svg')) ? '![Rate against loss and latency](results/rates.svg)' : '';

const flameOf = () => {
  const file = join(folders.results, 'flame-graph.json');
  if (!existsSync(file)) return '';
  const { top, rate } = JSON.parse(readFileSync(file, 'utf8'));
  const named = top.map(({ name, share }) => `${name} (${(share * 100).toFixed(0)} %)`);
  return `[Flame graph of a lane](results/flame-graph.svg) at ${rate} messages/s (open it by itself: the bars have titles). Most of the time goes into ${named.join(', ')}.`;
};
