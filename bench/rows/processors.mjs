import { join } from 'node:path';
import { build } from 'vite';
import { productCore, spawnOn } from '../measure/cores.mjs';
import { median } from '../measure/statistics.mjs';
import { perSecond } from '../report/figures.mjs';
import { folders } from '../setup.mjs';

const rounds = 3;
const secondsEach = 2;
const contenders = join(import.meta.dirname, '..', 'contenders');

/** What is measured, by the name of its case, and what is wanted per second. */
const measures = [
  { name: 'filter', measure: 'filter, parsed messages', wanted: 300_000 },
  { name: 'map', measure: 'map with three steps, parsed messages', wanted: 300_000 },
  { name: 'router', measure: 'router with three routes, parsed messages', wanted: 300_000 },
  { name: 'throttle', measure: 'throttle by 1 000 keys, parsed messages', wanted: 300_000 },
  { name: 'changed', measure: 'changed by 1 000 keys, parsed messages', wanted: 300_000 },
  { name: 'aggregate', measure: 'aggregate by 10 000 keys, parsed messages', wanted: 200_000 },
  { name: 'rule', measure: 'rule, each of 300 that look at 500/s with 2 % of a core', wanted: 7_500_000 },
  { name: 'parse-tables', measure: 'parse, CSV of six columns, 100 lines a message', wanted: 300_000 },
  { name: 'parse-rows', measure: 'parse, CSV of six columns, one line a message', wanted: 300_000 },
];

/** Processors alone, by the time of their core, without what comes before and behind them: that is in the rows of whole flows. */
export const p20 = {
  id: 'p20',
  title: 'processors alone, on one core',
  async run({ node }) {
    const built = await buildProcessors();
    const lines = [];
    for (const { name, measure, wanted } of measures) {
      const rates = [];
      for (let round = 0; round < rounds; round += 1) rates.push(await rateOf(node, [built, name, secondsEach]));
      const ours = median(rates);
      const [least, most] = [Math.min(...rates), Math.max(...rates)];
      lines.push({
        measure,
        ours: perSecond(ours),
        beside: `${perSecond(least)} to ${perSecond(most)} in ${rounds} rounds`,
        found: perSecond(ours),
        target: `≥ ${perSecond(wanted)}`,
        isMet: ours >= wanted,
      });
    }
    return lines;
  },
};

const buildProcessors = async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(contenders, 'processors.ts'),
      target: 'node20',
      outDir: folders.built,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'processors.mjs' } },
    },
  });
  return join(folders.built, 'processors.mjs');
};

const rateOf = async (node, args) => {
  const script = join(contenders, 'processors-process.mjs');
  const child = spawnOn(productCore, node, [script, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  const { messages, seconds } = JSON.parse(output);
  return messages / seconds;
};
