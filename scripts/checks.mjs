/**
 * What `npm test` runs. Each check prints what it finds, and resolves with how many tests passed, and the failures, each with
 * `title`, `why` and, where it is known, `file`. What can be tried again by files alone has a function `again` for it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPlaywright, readVitest } from './reports.mjs';
import { findChromium } from './setup/chromium.mjs';
import { findPromtool } from './setup/promtool.mjs';
import { root } from './setup/root.mjs';
import { runLoudly } from './setup/run.mjs';

const environment = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };

export const checks = {
  types: { title: 'types', run: () => single('npx', 'nx', 'run-many', '-t', 'typecheck', '--output-style=static') },
  lint: { title: 'lint', run: () => single('npx', 'eslint', '.', '--max-warnings=0') },
  unused: { title: 'nothing that nobody uses', run: () => single('npx', 'knip', '--no-progress') },
  format: { title: 'format', run: () => single('npx', 'prettier', '--check', '.', '--log-level=warn') },
  generated: { title: 'generated files', run: () => single('node', 'scripts/generate.mjs', '--check') },
  packages: { title: 'known holes in packages', run: () => audit() },
  unit: { title: 'unit and NATS tests', run: () => unitTests() },
  faults: { title: 'fault tests, short form', run: () => faultTests() },
  browser: { title: 'browser tests', run: () => browserTests() },
};

/** A command that is one test itself. */
async function single(command, ...args) {
  const code = await runLoudly(command, args, { cwd: root, env: environment });
  const title = [command, ...args].join(' ');
  return code === 0
    ? { passed: 1, failures: [] }
    : { passed: 0, failures: [{ title, why: `it ended with ${code}, see above` }] };
}

function unitTests(files = []) {
  return reported({
    command: (report) => [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...files,
    ],
    read: readVitest,
    again: unitTests,
  });
}

function faultTests(files = []) {
  const args = ['vitest', 'run', '-c', 'faults/vitest.config.ts', '--reporter=verbose', '--reporter=json'];
  return reported({
    command: (report) => [...args, `--outputFile.json=${report}`, ...files],
    read: readVitest,
    again: faultTests,
  });
}

function browserTests(files = []) {
  return reported({
    command: () => ['playwright', 'test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json', ...files],
    env: (report) => ({
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      SEMSTREAMS_CHROMIUM: findChromium(),
      SEMSTREAMS_PROMTOOL: findPromtool(),
    }),
    read: readPlaywright,
    again: browserTests,
  });
}

/** Runs tests that write a report. A run that failed counts as a failure even where its report knows of none. */
async function reported({ command, env = () => ({}), read, again }) {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-test-'));
  const report = join(folder, 'report.json');
  try {
    const args = command(report);
    const code = await runLoudly('npx', args, { cwd: root, env: { ...environment, ...env(report) } });
    const { passed, failures } = readIn(report, read);
    if (code !== 0 && failures.length === 0)
      failures.push({ title: args.slice(0, 2).join(' '), why: `it ended with ${code}, see above` });
    return { passed, failures, again };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readIn(report, read) {
  try {
    return read(JSON.parse(readFileSync(report, 'utf8')));
  } catch (thrown) {
    return { passed: 0, failures: [{ title: 'the report of the tests', why: thrown.message }] };
  }
}

/** A known hole in what the product runs with fails; a registry that cannot be asked does not. */
async function audit() {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
  const options = { cwd: root, maxBuffer: 64 * 1024 ** 2 };
  const { stdout } = await promisify(execFile)('npm', args, options).catch((ended) => ended);
  const { vulnerabilities, message } = parsed(stdout);
  if (vulnerabilities === undefined) {
    console.log(`the registry cannot be asked, so this says nothing: ${message ?? 'no answer'}`);
    return { passed: 0, failures: [] };
  }
  const holes = Object.values(vulnerabilities).filter(({ severity }) => severity === 'high' || severity === 'critical');
  const failures = holes.map(({ name, severity, range }) => ({
    title: name,
    why: `${range} has a ${severity} hole: see "npm audit"`,
  }));
  return { passed: holes.length === 0 ? 1 : 0, failures };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
