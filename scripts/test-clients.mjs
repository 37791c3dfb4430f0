/**
 * `npm run test:clients [-- python java]`: clients in other languages are generated from the document of the API, and each
 * makes a journey against the server as it is built. Takes Java and Maven, and for a language its own tools: where one is
 * missing a line says so, and the journey is skipped.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { java } from './clients/java.mjs';
import { python } from './clients/python.mjs';
import { startWithToken } from './clients/server.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureNatsServer } from './setup/nats-server.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { root } from './setup/root.mjs';
import { run } from './setup/run.mjs';
import { orExplain, say, SetupError } from './setup/say.mjs';
import { placesOf } from './setup/tools.mjs';

const languages = { python, java };
const generator = 'org.openapitools:openapi-generator-cli:7.17.0';

const failures = await orExplain(
  async () => {
    const unknown = process.argv.slice(2).find((name) => !(name in languages));
    if (unknown !== undefined)
      throw new SetupError(`there is no client "${unknown}"; there are ${Object.keys(languages).join(', ')}`);
    const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(languages);
    await ensurePackages();
    await ensureNatsServer();
    await ensureBuild();
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-clients-'));
    try {
      return await walkAll(
        wanted.map((name) => languages[name]),
        folder,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  { whenInterrupted: 130 },
);
process.exit(failures > 0 ? 1 : 0);

/** Makes the journeys one after the other. Resolves with how many failed, and prints the line that all suites end with. */
async function walkAll(wanted, folder) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const missing = ({ programs }) => ['java', 'mvn', ...programs].filter((name) => placesOf(name).length === 0);
  const possible = wanted.filter((language) => missing(language).length === 0);
  for (const language of wanted.filter((each) => !possible.includes(each))) {
    say(`skipped: ${language.title} needs ${missing(language).join(' and ')} on PATH`);
    counts.skipped += 1;
  }
  if (possible.length > 0) {
    await run('mvn', ['--batch-mode', 'dependency:copy', `-Dartifact=${generator}`, `-DoutputDirectory=${folder}`]);
    for (const language of possible) counts[(await walk(language, folder)) ? 'passed' : 'failed'] += 1;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed;
}

async function walk(language, folder) {
  say(language.title);
  const place = join(folder, language.generator[1]);
  const [, name, version] = generator.split(':');
  const made = ['-jar', join(folder, `${name}-${version}.jar`), 'generate', '-o', place, ...language.generator];
  await run('java', [...made, '-i', join(root, 'docs/reference/openapi.json')]);
  await language.prepare(place);
  const server = await startWithToken();
  try {
    return (await language.walk(place, server)) === 0;
  } finally {
    await server.end();
  }
}
