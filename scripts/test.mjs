/** `npm test`: sets up what is missing and runs every check; `npm test -- unit lint` runs those alone. */
import { stripVTControlCharacters } from 'node:util';
import { checks } from './checks.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureMosquitto } from './setup/mosquitto.mjs';
import { ensureNatsServer } from './setup/nats-server.mjs';
import { checkNode } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensurePostgresql } from './setup/postgresql.mjs';
import { ensurePromtool } from './setup/promtool.mjs';
import { orExplain, say, SetupError } from './setup/say.mjs';
import { ensureSocat } from './setup/socat.mjs';

/** More failures than these have a cause that a second run does not take away. */
const mostTriedAgain = 5;

const { passed, failures, recovered } = await orExplain(
  async () => {
    checkNode();
    const wanted = chosen(process.argv.slice(2));
    await ensurePackages();
    await ensureNatsServer();
    await ensureChromium();
    await ensurePromtool();
    await ensureMosquitto();
    await ensurePostgresql();
    await ensureSocat();
    await ensureBuild();

    const results = [];
    for (const { title, run } of wanted) {
      say(title);
      results.push(await run());
    }
    const passed = results.reduce((sum, result) => sum + result.passed, 0);
    const failures = results.flatMap((result) => result.failures);
    if (failures.length > mostTriedAgain) return { passed, failures, recovered: [] };
    const remaining = [];
    for (const result of results) remaining.push(...(await remainingOf(result)));
    const recovered = failures.filter((failure) => !remaining.includes(failure));
    return { passed: passed + recovered.length, failures: remaining, recovered };
  },
  { whenInterrupted: 130 },
);
for (const failure of recovered) console.log(`passed when it ran again, by itself: ${textOf(failure)}`);
for (const failure of failures) console.log(`failed: ${textOf(failure)}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);

/** Of these failures those that fail again when their files run by themselves. */
async function remainingOf({ failures, again }) {
  const files = new Set(failures.map(({ file }) => file));
  if (again === undefined || files.size === 0 || files.has(undefined)) return failures;
  say(`once more, by themselves: ${[...files].join(', ')}`);
  const second = await again([...files]);
  const isKnown = ({ file, title }) => failures.some((first) => first.file === file && first.title === title);
  if (!second.failures.every(isKnown)) return failures;
  return failures.filter(({ file, title }) =>
    second.failures.some((next) => next.file === file && next.title === title),
  );
}

function textOf({ file, title, why }) {
  const place = file === undefined ? title : `${file} › ${title}`;
  return `${place}: ${stripVTControlCharacters(why).split('\n').slice(0, 4).join(' ').slice(0, 600)}`;
}

function chosen(names) {
  const unknown = names.find((name) => !(name in checks));
  if (unknown !== undefined)
    throw new SetupError(`there is no check "${unknown}"; there are ${Object.keys(checks).join(', ')}`);
  return names.length === 0 ? Object.values(checks) : names.map((name) => checks[name]);
}
