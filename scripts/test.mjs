/** `npm test`: sets up what is missing and runs every check; `npm test -- unit lint` runs those alone. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './setup/build.mjs';
import { ensureChromium, findChromium } from './setup/chromium.mjs';
import { ensureNatsServer } from './setup/nats-server.mjs';
import { checkNode } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { root } from './setup/root.mjs';
import { orExplain, say } from './setup/say.mjs';

const work = mkdtempSync(join(tmpdir(), 'semstreams-test-'));
const unitReport = join(work, 'unit.json');
const browserReport = join(work, 'browser.json');

/** Each check prints what it finds; `count` reads how many tests it ran, one where the command is a test itself. */
const checks = {
  types: { title: 'types', command: ['npx', 'nx', 'run-many', '-t', 'typecheck', '--output-style=static'] },
  lint: { title: 'lint', command: ['npx', 'eslint', '.', '--max-warnings=0'] },
  format: { title: 'format', command: ['npx', 'prettier', '--check', '.', '--log-level=warn'] },
  generated: { title: 'generated files', command: ['node', 'scripts/generate.mjs', '--check'] },
  unit: {
    title: 'unit and NATS tests',
    command: ['npx', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
    count: () => {
      const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(
        readFileSync(unitReport, 'utf8'),
      );
      return { passed: numPassedTests, failed: numFailedTests || (success ? 0 : Math.max(1, numFailedTestSuites)) };
    },
  },
  browser: {
    title: 'browser tests',
    command: ['npx', 'playwright', 'test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'],
    env: () => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport, SEMSTREAMS_CHROMIUM: findChromium() }),
    count: () => {
      const { expected, unexpected, flaky } = JSON.parse(readFileSync(browserReport, 'utf8')).stats;
      return { passed: expected, failed: unexpected + flaky };
    },
  },
};

const run = (command, env) =>
  new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });

await orExplain(async () => {
  checkNode();
  await ensurePackages();
  await ensureNatsServer();
  await ensureChromium();
  await ensureBuild();
});

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in checks));
if (unknown !== undefined) {
  console.error(`there is no check "${unknown}"; there are ${Object.keys(checks).join(', ')}`);
  process.exit(1);
}

let [passed, failed] = [0, 0];
for (const [name, { title, command, env, count }] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  say(title);
  const base = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };
  const code = await run(command, { ...base, ...env?.() });
  const result = countOf(count, code);
  passed += result.passed;
  failed += result.failed;
}
rmSync(work, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** A command that failed counts as a failure even where its report knows of none. */
function countOf(count, code) {
  const counted = count ? readReport(count) : { passed: code === 0 ? 1 : 0, failed: 0 };
  return { passed: counted.passed, failed: Math.max(counted.failed, code === 0 ? 0 : 1) };
}

function readReport(count) {
  try {
    return count();
  } catch (thrown) {
    console.error(`the report cannot be read: ${thrown.message}`);
    return { passed: 0, failed: 1 };
  }
}
