/** Writes the files that are made from the sources; `--check` only says which are stale, and fails where one is. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { pictureOfRooms } from './rooms.mjs';
import { clientTypes } from './openapi/typescript-client.mjs';
import { root } from './setup/root.mjs';

const node = (...args) =>
  execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });

const generated = {
  'docs/architecture.md': async () => withPictureOfRooms(),
  'docs/reference/openapi.json': () => node('server/dist/reference.js', 'openapi'),
  // from the document as it was written a moment ago
  'contract/src/client/calls.generated.ts': () =>
    clientTypes(JSON.parse(readFileSync(join(root, 'docs/reference/openapi.json'), 'utf8'))),
  'docs/reference/asyncapi.json': () => node('server/dist/reference.js', 'asyncapi'),
  'docs/reference/components.md': () => node('server/dist/reference.js', 'components'),
  'docs/reference/configuration.md': () => node('server/dist/reference.js', 'configuration'),
  'docs/reference/mavlink.md': () => node('server/dist/reference.js', 'mavlink'),
  'docs/reference/nmea.md': () => node('server/dist/reference.js', 'nmea'),
  'docs/reference/problems.md': () => node('server/dist/reference.js', 'problems'),
};

/** The ready-to-run example has the files of the project's own set-up; its folder can be copied and stands alone. */
const production = {
  'config.json': 'docker/config.json',
  ...Object.fromEntries(
    [
      'docker-compose.yml',
      'docker/backup.sh',
      'docker/docker-compose.secrets.yml',
      'docker/grafana/dashboards/semstreams.json',
      'docker/grafana/provisioning/dashboards/semstreams.yml',
      'docker/grafana/provisioning/datasources/prometheus.yml',
      'docker/nats.conf',
      'docker/prometheus/alerts.yml',
      'docker/prometheus/prometheus.yml',
      'docker/prometheus/targets/tls-false.json',
      'docker/prometheus/targets/tls-true.json',
      'docker/restore.sh',
      'docker/stack.yml',
      'docker/step-ca/certificates.sh',
    ].map((file) => [file, file]),
  ),
};
for (const [file, source] of Object.entries(production))
  generated[`examples/production/${file}`] = () => readFileSync(join(root, source), 'utf8');

const isCheck = process.argv.includes('--check');
let stale = 0;
for (const [file, make] of Object.entries(generated)) {
  const path = join(root, file);
  const text = await make();
  if (text === read(path)) continue;
  if (isCheck) {
    console.error(`${file} is stale: run "npm run generate"`);
    stale += 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
  }
}
process.exit(stale > 0 ? 1 : 0);

async function withPictureOfRooms() {
  const path = join(root, 'docs/architecture.md');
  const place = /(?<=<!-- rooms: .* -->\n)[^]*(?=<!-- end of rooms -->)/;
  const text = read(path).replace(place, () => `\n${pictureOfRooms()}\n\n`);
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
