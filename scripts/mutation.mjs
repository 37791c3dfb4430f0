/**
 * `npm run test:mutation -- [engine|contract|parsers|formats [FILE …] …]`: changes one place of the code after the other and looks
 * whether a test fails. Takes long; prints the share that was caught, and writes a page per part to
 * `.tools/mutation/reports`. Files narrow the part before them: `npm run test:mutation -- engine collect.ts retry.ts`; where
 * two have one name, a folder tells them apart: `parsers link/frames.ts`. Of what would take hours `--sample 500 --seed 1`
 * tries 500 changes, drawn evenly from all; the same ones each time, while the code is the same.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages } from './setup/packages.mjs';
import { root } from './setup/root.mjs';
import { run, runLoudly } from './setup/run.mjs';
import { orExplain, say, SetupError } from './setup/say.mjs';

const kit = 'server/src/component-kit';
const types = 'server/src/component-types';

/** What is changed, by part, and the tests that should notice. */
export const parts = {
  // of the other files of the contract, schemas alone, the generated document of the API tells every change
  contract: {
    folder: 'contract/src',
    mutate: ['contract/src/{changes,connect,duration,finding,schema-findings,validate,words}.ts'],
    tests: ['contract/src/!(*-bounds).test.ts'],
  },
  engine: {
    folder: 'server/src/engine',
    mutate: ['server/src/engine/**/*.ts'],
    tests: ['server/src/engine/**/*.test.ts'],
  },
  parsers: {
    folder: 'server/src',
    mutate: [
      `${kit}/content/{csv,csv-names,csv-row,csv-value,cut-lines,decoders,framing,json-texts,line-reader,lines,marks}.ts`,
      `${kit}/files/{gzip,unpack}.ts`,
      `${kit}/link/{block-frame,frames}.ts`,
      `${kit}/mavlink/{candidate,checksum,decode,definition-text,encode,frames,gather-definitions,interpret,read-definition,record-times,signing,tlog}.ts`,
      `${kit}/rules/*.ts`,
      `${kit}/times/*.ts`,
      `${types}/inputs/file-input/{json-records,record-reader,records}.ts`,
      `${types}/processors/json-map/{arithmetic,convert,decimal,json-map,template}.ts`,
    ],
    // beside the code alone: suites over all types take minutes, and notice little
    tests: [`${kit}/**/*.test.ts`, `${types}/*/*/*.test.ts`],
  },
  formats: {
    folder: kit,
    mutate: [`${kit}/formats/**/*.ts`, `${kit}/nmea/*.ts`],
    tests: [
      `${kit}/{formats,nmea}/**/*.test.ts`,
      `${types}/processors/{format,parse}/*.test.ts`,
      `${types}/inputs/nmea-input/*.test.ts`,
    ],
  },
};

const tested = ['!**/*.test.ts', '!**/*.contract.ts', '!**/*.generated.ts', '!**/index.ts'];
const folder = join(root, '.tools', 'mutation');
const strykerVersion = '9.6.1';
/** Share of changes that tests must notice, in percent. */
const wanted = 85;

const install = async () => {
  const vitest = JSON.parse(readFileSync(join(root, 'node_modules/vitest/package.json'), 'utf8')).version;
  const dependencies = {
    '@stryker-mutator/core': strykerVersion,
    '@stryker-mutator/vitest-runner': strykerVersion,
    vitest,
  };
  const manifest = JSON.stringify({ name: 'mutation', private: true, type: 'module', dependencies }, null, 2);
  const path = join(folder, 'package.json');
  if (existsSync(path) && readFileSync(path, 'utf8') === manifest && existsSync(join(folder, 'node_modules'))) return;
  say('installing Stryker');
  mkdirSync(folder, { recursive: true });
  await run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefix',
    folder,
    ...pinned(dependencies),
  ]);
  writeFileSync(path, manifest);
};

const pinned = (dependencies) => Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);

/**
 * Runs Stryker on one part, or on some files of it, or on a sample `{ size, seed }` of them; resolves with its exit code,
 * which says whether enough was caught.
 */
const mutate = async ({ name, files }, sample) => {
  const { tests } = parts[name];
  const mutate = files.length > 0 ? files : parts[name].mutate;
  const vitestConfig = join(folder, `${name}.vitest.config.mjs`);
  writeFileSync(vitestConfig, vitestConfigOf(tests));
  const config = join(folder, `${name}.json`);
  const kept = join(folder, sample ? `${name}.sample-${sample.size}-${sample.seed}` : name);
  writeFileSync(
    config,
    JSON.stringify({
      mutate: [...mutate, ...tested],
      testRunner: 'vitest',
      plugins: [
        join(folder, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js'),
        ...(sample ? [join(root, 'scripts/mutation/sample.mjs')] : []),
      ],
      ...(sample && {
        sample: { ...sample, list: `${kept}.json` },
        checkers: ['sample'],
        warnings: { unknownOptions: false },
      }),
      vitest: { configFile: vitestConfig },
      coverageAnalysis: 'perTest',
      timeoutMS: 3_000,
      dryRunTimeoutMinutes: 30,
      ignoreStatic: true,
      concurrency: Number(process.env.MUTATION_WORKERS ?? 2),
      incremental: true,
      incrementalFile: `${kept}.incremental.json`,
      tempDirName: join(folder, `sandbox-${name}`),
      ignorePatterns: [
        '.tools',
        '.nx',
        '/data',
        'docs',
        'e2e',
        'bench',
        'docker',
        'ui',
        'faults',
        '**/dist',
        'server/.built-for-tests-*',
      ],
      reporters: ['progress-append-only', 'clear-text', 'html', 'json', ...(sample ? ['sample'] : [])],
      clearTextReporter: { logTests: false, allowColor: false },
      htmlReporter: { fileName: join(folder, 'reports', `${name}.html`) },
      jsonReporter: { fileName: join(folder, 'reports', `${name}.json`) },
      thresholds: { high: 95, low: wanted, break: wanted },
      tsconfigFile: 'none',
      disableTypeChecks: false,
    }),
  );
  say(`changing ${name}`);
  return runLoudly(
    process.execPath,
    [join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', config],
    {
      cwd: root,
    },
  );
};

/** Thousands of test runs lie ahead: each is to say soon that it has noticed the change. */
const vitestConfigOf = (include) => {
  const test = { include, exclude: ['**/*.nats.test.ts', '**/node_modules/**'], testTimeout: 30_000 };
  const properties = JSON.stringify(join(root, 'scripts/mutation/short-properties.mjs'));
  const sequencer = JSON.stringify(pathToFileURL(join(root, 'scripts/mutation/likely-first.mjs')).href);
  return `import sequencer from ${sequencer};
export default {
  resolve: { alias: [{ find: /^fast-check$/, replacement: ${properties} }] },
  test: { ...${JSON.stringify(test)}, sequence: { sequencer } },
};
`;
};

/** The parts that were named, each with the files that were named behind it; all where there are none. */
const chosen = (words) => {
  const wanted = [];
  for (const word of words) {
    if (word in parts) wanted.push({ name: word, files: [] });
    else if (word.endsWith('.ts') && wanted.length > 0) wanted.at(-1).files.push(fileOf(wanted.at(-1).name, word));
    else throw new SetupError(`there is no part "${word}"; there are ${Object.keys(parts).join(', ')}`);
  }
  return wanted.length === 0 ? Object.keys(parts).map((name) => ({ name, files: [] })) : wanted;
};

const fileOf = (name, file) => {
  const { folder } = parts[name];
  const found = readdirSync(join(root, folder), { recursive: true }).find((path) => `/${path}`.endsWith(`/${file}`));
  if (found === undefined) throw new SetupError(`there is no file "${file}" in ${folder}, the folder of "${name}"`);
  return `${folder}/${found}`;
};

/** What `--sample N` and `--seed S` ask for; undefined where all is to be tried. */
const sampleOf = ({ sample, seed }) => {
  if (sample === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(sample)) throw new SetupError(`"--sample ${sample}" is no number of changes; say how many`);
  return { size: Number(sample), seed };
};

const failed = await orExplain(
  async () => {
    const options = { sample: { type: 'string' }, seed: { type: 'string', default: '1' } };
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const sample = sampleOf(values);
    const wanted = chosen(positionals);
    await ensurePackages();
    await install();
    const short = [];
    for (const part of wanted) if ((await mutate(part, sample)) !== 0) short.push(part.name);
    return short;
  },
  { whenInterrupted: 130 },
);
if (failed.length > 0) console.error(`too few changes were noticed in: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
