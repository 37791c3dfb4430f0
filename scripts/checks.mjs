/** What `npm test` runs. Each check prints what it finds, and resolves with how many tests passed and failed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

const countOfVitest = ({ numPassedTests, numFailedTests }) => ({ passed: numPassedTests, failed: numFailedTests });

function unitTests() {
  return reported({
    command: (report) => ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    count: countOfVitest,
  });
}

function faultTests() {
  const args = ['vitest', 'run', '-c', 'faults/vitest.config.ts', '--reporter=verbose', '--reporter=json'];
  return reported({ command: (report) => [...args, `--outputFile.json=${report}`], count: countOfVitest });
}

function browserTests() {
  return reported({
    command: () => ['playwright', 'test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'],
    env: (report) => ({
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      SEMSTREAMS_CHROMIUM: findChromium(),
      SEMSTREAMS_PROMTOOL: findPromtool(),
    }),
    count: ({ stats: { expected, unexpected, flaky } }) => ({ passed: expected, failed: unexpected + flaky }),
  });
}

/** Runs tests that write a report and counts by it. A run that failed counts as a failure even where its report knows of none. */
async function reported({ command, env = () => ({}), count }) {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-test-'));
  const report = join(folder, 'report.json');
  try {
    const code = await runLoudly('npx', command(report), { cwd: root, env: { ...environment, ...env(report) } });
    const { passed, failed } = countIn(report, count);
    return { passed, failed: Math.max(failed, code === 0 ? 0 : 1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countIn(report, count) {
  try {
    return count(JSON.parse(readFileSync(report, 'utf8')));
  } catch (thrown) {
    console.error(`there is no report: ${thrown.message}`);
    return { passed: 0, failed: 1 };
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
    return { passed: 0, failed: 0 };
  }
  const holes = Object.values(vulnerabilities).filter(({ severity }) => severity === 'high' || severity === 'critical');
  for (const { name, severity, range } of holes)
    console.error(`${name} ${range} has a ${severity} hole: see "npm audit"`);
  return { passed: holes.length === 0 ? 1 : 0, failed: holes.length };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
