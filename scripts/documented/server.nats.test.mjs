import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../docs/commands.mjs';
import { eventually, startServer } from '../../server/src/running-server.ts';
import { root } from '../setup/root.mjs';
import { placesOf } from '../setup/tools.mjs';
import { commandsIn } from './commands-in.mjs';
import { Terminal } from './terminal.mjs';

/** Each command is a process of its own, and the machine may be busy. */
const patienceMs = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'semstreams-documented-'));
const settings = join(folder, 'etc', 'config.json');
const backup = join(folder, 'yesterday.tar');
const inPath = join(folder, 'bin');
const pageOf = (page) => readFileSync(join(root, page), 'utf8');
const servers = [];

const write = (file, text) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

/** A terminal beside a server, with the names that the pages use on the left and those of this machine on the right. */
const beside = (server) => {
  const { protocol, port } = new URL(server.url);
  write(join(inPath, 'semstreams'), `#!/bin/sh\nexec "${process.execPath}" "${server.process.spawnargs[1]}" "$@"\n`);
  chmodSync(join(inPath, 'semstreams'), 0o755);
  return new Terminal({
    folder,
    env: {
      PATH: `${inPath}:${process.env.PATH}`,
      SEMSTREAMS_DATA_DIR: server.dataDir,
      SEMSTREAMS_PORT: port,
      SEMSTREAMS_TLS_ENABLED: `${protocol === 'https:'}`,
    },
    rewrite: [
      ['localhost:8080', `localhost:${port}`],
      ['/etc/semstreams', join(folder, 'etc')],
      ['/mnt/stick', folder],
      ['/root/passphrase', join(folder, 'passphrase')],
      [/\bFLOW\b/g, 'documented'],
      ['drone-telemetry/connections/vehicle.out', 'documented/connections/source.out'],
      ['drone-telemetry/connections', 'documented/connections'],
      ['to=positions.in', 'to=number.in'],
      [/\bPID\b/g, `${server.process.pid}`],
      ['--check FILE', `--check ${settings}`],
      [/\bFILE\b/g, backup],
    ],
  });
};

/** Types the commands of a page that belong here, or those of them that are asked for. */
const typeAll = (page, terminal, isMeant = () => true) => {
  const meant = commandsIn(pageOf(page)).filter(
    ({ command }) => commands[page][command]?.where === 'server' && isMeant(command),
  );
  for (const { command } of meant) terminal.type(command, commands[page][command]);
  expect(meant.length).toBeGreaterThan(0);
};

const start = async (environment) => {
  const server = await startServer(environment);
  servers.push(server);
  return server;
};

/** A flow whose messages can never work: all become dead letters. */
const document = {
  id: 'documented',
  components: [
    { id: 'source', type: 'simulator_input', config: { rate: 20 } },
    { id: 'number', type: 'json_map', config: { steps: [{ do: 'convert', field: 'vehicle', into: 'number' }] } },
    { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } },
  ],
};

/** A machine may lack them; the docs ask for no more than these. */
const lacks = (...programs) => programs.some((program) => placesOf(program).length === 0);

afterAll(async () => {
  for (const server of servers) {
    await server.end();
    rmSync(server.dataDir, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(lacks('curl'))('beside a running server, as they stand in the docs, work the commands of', () => {
  let server;
  beforeAll(async () => {
    server = await start();
    write(settings, '{ "port": 8080 }');
    write(join(folder, 'passphrase'), 'correct horse battery staple\n');
  }, patienceMs);

  it('docs/configuration.md', () => typeAll('docs/configuration.md', beside(server)), patienceMs);

  it(
    'docs/operations.md',
    async () => {
      const terminal = beside(server);
      await server.call('POST', '/api/v1/flows', document);
      await server.call('POST', '/api/v1/flows/documented/deploy?wait=10s', {});
      await eventually('a dead letter', async () => {
        const { body } = await server.call('GET', '/api/v1/flows/documented/dead-letters');
        return body.items?.length > 0;
      });
      terminal.type(`semstreams backup -o ${backup}`, { says: /yesterday\.tar/ });
      typeAll('docs/operations.md', terminal);
    },
    patienceMs,
  );
});

it.skipIf(lacks('curl', 'openssl'))(
  'docs/tls.md: a certificate is made, checked and served',
  async () => {
    const page = 'docs/tls.md';
    const isOfMaking = (command) => /^(openssl|chmod) /.test(command);
    const maker = new Terminal({ folder });
    typeAll(page, maker, isOfMaking);
    const certificate = {
      SEMSTREAMS_TLS_CERT_FILE: join(folder, 'server.crt'),
      SEMSTREAMS_TLS_KEY_FILE: join(folder, 'server.key'),
    };
    const server = await start({ SEMSTREAMS_TLS_ENABLED: 'true', ...certificate });
    const shown = /```json\n([^`]*"tls"[^`]*)```/.exec(pageOf(page))[1];
    write(settings, shown.replaceAll('/etc/semstreams', folder));
    typeAll(page, beside(server), (command) => !isOfMaking(command));
  },
  patienceMs,
);
