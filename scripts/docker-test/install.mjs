import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { docker, inspect } from './engine.mjs';
import { step } from './steps.mjs';

/** Node in the server's container that talks to NATS as anybody could who is on its network. */
const talkToNats = `
  const socket = require('node:net').connect(4222, 'nats', () => socket.write('CONNECT {"verbose":true}\\r\\nPING\\r\\n'));
  let said = '';
  socket.on('data', (chunk) => (said += chunk));
  socket.on('close', () => console.log(said));
  setTimeout(() => socket.destroy(), 3000);
`;

/** From nothing to a healthy installation. */
export const install = async (installation) => {
  await installation.layOut();

  await step('without a password nothing starts, and it says what to do', () => {
    assert.throws(
      () => installation.compose('up', '-d'),
      /NATS_PASSWORD.*put a line NATS_PASSWORD=… into the file \.env/,
    );
  });

  await step('the password is made as the guide says, for its owner alone', () => {
    const made =
      '(umask 077 && cp .env.example .env && sed -i "s/^NATS_PASSWORD=$/NATS_PASSWORD=$(openssl rand -hex 24)/" .env)';
    installation.shell('sh', ['-c', made]);
    const { mode } = statSync(join(installation.folder, '.env'));
    assert.equal((mode & 0o777).toString(8), '600');
    assert.match(installation.shell('grep', ['NATS_PASSWORD', '.env']), /^NATS_PASSWORD=[0-9a-f]{48}$/m);
  });

  installation.configure();
  await step('without config.json nothing starts, and no folder is made in its place', () => {
    installation.shell('mv', ['config.json', 'kept.json']);
    try {
      assert.throws(() => installation.compose('up', '-d', '--no-deps', 'semstreams'), /config\.json/);
      assert.throws(() => statSync(join(installation.folder, 'config.json')));
    } finally {
      rmSync(join(installation.folder, 'config.json'), { recursive: true, force: true });
      installation.shell('mv', ['kept.json', 'config.json']);
    }
  });

  await step('where another program has the port, it is named', async () => {
    const other = createServer().listen(installation.ports.http, '127.0.0.1');
    await once(other, 'listening');
    try {
      assert.throws(() => installation.compose('up', '-d'), /address already in use|port is already allocated/);
    } finally {
      other.close();
      installation.compose('down');
    }
  });

  await step('docker compose up -d --wait ends healthy', () => {
    installation.compose('up', '-d', '--wait');
    for (const container of [installation.server, installation.nats])
      assert.equal(inspect(container).State.Health.Status, 'healthy', container);
  });

  await step('/health says so, with the version of the image', async () => {
    const health = await installation.healthy();
    assert.equal(health.components.nats, 'connected');
    assert.match(health.version, /^v1\.0\.0/);
  });

  await step('answers soon after its start', async () => {
    installation.compose('stop', 'semstreams');
    installation.compose('start', 'semstreams');
    const startedAt = Date.now();
    await installation.healthy();
    const startedByEngine = Date.parse(inspect(installation.server).State.StartedAt);
    const tookMs = Date.now() - Math.min(startedAt, startedByEngine);
    return `healthy ${(tookMs / 1000).toFixed(1)} s after the container began`;
  });

  await step('the ui and its catalogue are there', async () => {
    const page = await installation.ask('/', { headers: { accept: 'text/html' } });
    assert.deepEqual([page.status, page.text.includes('<div id="root">')], [200, true]);
    assert.ok((await installation.json('/api/v1/component-types')).items.length > 3);
    for (const path of ['/api/docs', '/api/docs/swagger-ui-bundle.js', '/api/docs/swagger-ui.css'])
      assert.equal((await installation.ask(path)).status, 200, path);
  });

  await step('NATS is published nowhere, and its network leads nowhere', () => {
    const { NetworkSettings } = inspect(installation.nats);
    assert.deepEqual(
      Object.values(NetworkSettings.Ports).filter((bindings) => bindings !== null),
      [],
    );
    const networks = Object.keys(NetworkSettings.Networks);
    assert.deepEqual(
      networks.map((name) => inspect(name).Internal),
      [true],
    );
  });

  await step('NATS turns away whoever has no password', () => {
    const said = docker('exec', installation.server, 'node', '-e', talkToNats);
    assert.match(said, /Authorization Violation/);
  });

  await step('its monitoring answers inside, as the guide shows', () => {
    const said = installation.compose('exec', '-T', 'nats', 'wget', '-qO-', 'http://127.0.0.1:8222/healthz');
    assert.match(said, /"status":"ok"/);
  });
};
