import { existsSync, mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowStatus, Health, System } from '@semstreams/contract';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { ForeignServer } from './nats/own-server/foreign-server.ts';
import { isRunning } from './machine/processes.ts';
import { eventually, type RunningServer, startServer } from './running-server.ts';

/** The server as a process: what it tells of itself, and what survives its end. */
const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) if (server.process.exitCode === null) await server.end();
});
const start = async (...given: Parameters<typeof startServer>): Promise<RunningServer> => {
  const server = await startServer(...given);
  running.push(server);
  return server;
};

const natsOf = ({ dataDir }: RunningServer): number =>
  Number(readFileSync(join(dataDir, 'nats', 'nats-server.pid'), 'utf8'));
const statusOf = async (server: RunningServer, flow: string): Promise<FlowStatus> =>
  FlowStatus.parse((await server.call('GET', `/api/v1/flows/${flow}/status`)).body);
const healthOf = async (server: RunningServer) => {
  const { status, body } = await server.call('GET', '/health');
  return { code: status, ...Health.parse(body) };
};
const isHealthy = async (server: RunningServer) =>
  eventually('it is healthy', async () => (await healthOf(server)).status === 'healthy');

const flow = (id: string, rate = 50) => ({
  id,
  name: id,
  components: [
    { id: 'source', type: 'simulator_input', config: { rate } },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson`, sync: 'every_batch' } },
  ],
});
const deploy = async (server: RunningServer, document: { id: string }): Promise<void> => {
  const made = await server.call('POST', '/api/v1/flows', document);
  expect(made.status).toBe(201);
  expect((await server.call('POST', `/api/v1/flows/${document.id}/deploy?wait=10s`)).status).toBe(202);
};

describe('a kill', () => {
  it('of the server: its nats-server ends with it, and each flow runs again in its deployed version', async () => {
    const first = await start();
    await isHealthy(first);
    for (const id of ['one', 'two', 'stopped']) await deploy(first, flow(id));
    await first.call('POST', '/api/v1/flows/stopped/stop?wait=10s');
    const draft = await first.call('GET', '/api/v1/flows/two');
    await first.call('PUT', '/api/v1/flows/two', flow('two', 1), { 'if-match': draft.headers.get('etag')! });
    await eventually('it writes', async () => (await statusOf(first, 'one')).components[1]!.out_total > 10);
    const nats = natsOf(first);
    await first.end('SIGKILL');
    await eventually('its nats-server is gone', async () => !isRunning(nats, 'nats-server'));
    const written = readFileSync(join(first.dataDir, 'one.ndjson'), 'utf8').length;

    const second = await start({}, first.dataDir);
    await eventually('both run again', async () => {
      const found = await Promise.all(['one', 'two'].map(async (id) => statusOf(second, id).catch(() => undefined)));
      return found.every((status) => status?.observed === 'running');
    });
    expect(await statusOf(second, 'two')).toMatchObject({ version: 1, desired: 'running' });
    expect(await statusOf(second, 'stopped')).toMatchObject({ version: 1, observed: 'stopped' });
    await eventually(
      'it writes on',
      async () => readFileSync(join(second.dataDir, 'one.ndjson'), 'utf8').length > written,
    );
  });

  it('of the nats-server: flows go on, health says so, and it comes back by itself', async () => {
    const server = await start();
    await isHealthy(server);
    await deploy(server, flow('goes-on'));
    const before = await statusOf(server, 'goes-on');
    process.kill(natsOf(server), 'SIGKILL');
    await isHealthy(server);
    await eventually('it went on', async () => {
      const { components } = await statusOf(server, 'goes-on');
      return components[1]!.out_total > before.components[1]!.out_total;
    });
    await server.call('POST', '/api/v1/flows/goes-on/stop?wait=10s');
    expect(await statusOf(server, 'goes-on')).toMatchObject({ desired: 'stopped', observed: 'stopped' });
  });
});

describe('an end', () => {
  it('by SIGTERM hands on what came in, leaves nothing running, and is no failure', async () => {
    const server = await start();
    await isHealthy(server);
    await deploy(server, flow('ends', 2000));
    await eventually('it runs', async () => (await statusOf(server, 'ends')).components[1]!.out_total > 100);
    const nats = natsOf(server);
    expect(await server.end()).toBe(0);
    expect(isRunning(nats, 'nats-server')).toBe(false);
    expect(existsSync(join(server.dataDir, 'server.pid'))).toBe(false);
    const lines = readFileSync(join(server.dataDir, 'ends.ndjson'), 'utf8').trimEnd().split('\n');
    const numbers = lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it('answers who asks meanwhile: what was under way, who looks, and with when to ask again who would change something', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const server = await start({ SEMSTREAMS_SHUTDOWN_TIMEOUT: '3s' });
    await isHealthy(server);
    const { port } = silent.address() as AddressInfo;
    await deploy(server, {
      ...flow('hangs'),
      components: [
        { id: 'source', type: 'simulator_input', config: { rate: 50 } },
        { id: 'out', type: 'http_output', config: { url: `http://127.0.0.1:${port}/`, timeout: '50s' } },
      ],
    } as never);
    await once(silent, 'connection');
    const stopping = server.call('POST', '/api/v1/flows/hangs/stop?wait=50s');
    await eventually('it is stopping', async () => (await statusOf(server, 'hangs')).observed === 'stopping');
    const ended = server.end();
    const refused = await eventually('it is ending', async () => {
      const answer = await server.call('POST', '/api/v1/flows', flow('late'));
      return answer.status === 503 && answer;
    });
    expect([refused.headers.get('retry-after'), refused.body]).toEqual([
      '10',
      expect.objectContaining({ detail: 'the server is ending: ask again when it runs again' }),
    ]);
    expect((await server.call('GET', '/api/v1/flows/hangs/status')).status).toBe(200);
    expect((await stopping).status).toBe(202);
    expect(await ended).toBe(0);
  });

  it('comes at once for a second server on the same data', async () => {
    const server = await start();
    await expect(startServer({}, server.dataDir)).rejects.toThrow(
      /is used by another server \(process \d+\); set "data_dir"/,
    );
    expect((await server.call('GET', '/health/live')).status).toBe(200);
  });

  it('comes at once where the port is taken, in one sentence, and nothing is left', async () => {
    const server = await start();
    const port = new URL(server.url).port;
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-taken-'));
    await expect(startServer({ SEMSTREAMS_PORT: port }, folder)).rejects.toThrow(
      `port ${port} is used by another program; set SEMSTREAMS_PORT or "port"`,
    );
    expect(existsSync(join(folder, 'server.pid'))).toBe(false);
  });

  it('comes where the port is taken before any flow runs', async () => {
    const nats = await (await ForeignServer.of()).start();
    onTestFinished(async () => nats.remove());
    const settings = { SEMSTREAMS_NATS_URL: nats.url };
    const first = await start(settings);
    await isHealthy(first);
    await deploy(first, flow('waits'));
    await first.end();
    const other = await start();
    const again = startServer({ ...settings, SEMSTREAMS_PORT: new URL(other.url).port }, first.dataDir);
    const said = await again.then(
      () => 'it started',
      (thrown: Error) => thrown.message,
    );
    expect(said).toContain('is used by another program');
    expect(said).not.toContain('flow runs');
  });
});

describe('health', () => {
  it('is told as the guide prints it', async () => {
    const server = await start();
    await isHealthy(server);
    expect((await server.call('GET', '/health')).body).toMatchObject({
      status: 'healthy',
      version: expect.stringMatching(/^v\d+\.\d+\.\d+/),
      uptime: expect.stringMatching(/^(\d+h)?(\d+m)?\d+s$|^\d+ms$/),
      components: { nats: 'connected', flows: 'running' },
    });
    for (const path of ['/health/live', '/health/ready']) expect((await server.call('GET', path)).status).toBe(200);
    const system = System.parse((await server.call('GET', '/api/v1/system')).body);
    expect(system).toMatchObject({ nats: { state: 'connected', managed: true }, flows: { running: 0, total: 0 } });
  });

  it('is degraded by a flow that fails, with a sentence, and sound again when it is stopped', async () => {
    const server = await start();
    await isHealthy(server);
    await deploy(server, {
      ...flow('fails'),
      components: [{ id: 'read', type: 'file_input', config: { path: 'none' } }],
    } as never);
    const health = await eventually('it is seen', async () => {
      const found = await healthOf(server);
      return found.status === 'degraded' && found.components['flows'] === 'failed' && found;
    });
    expect(health).toMatchObject({ code: 200, components: { nats: 'connected', flows: 'failed' } });
    expect((await server.call('GET', '/health')).body).toMatchObject({
      sentences: [expect.stringContaining('there is no file')],
    });
    await server.call('POST', '/api/v1/flows/fails/stop?wait=10s');
    await isHealthy(server);
  });

  it('is degraded by a broken flow file, which is named and stops nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-flows-'));
    writeFileSync(join(folder, 'a-broken.json'), '{"components": [{"id": "x", "type": "nothing_like_it"}]}');
    writeFileSync(join(folder, 'b-cut.json'), '{"components": [');
    writeFileSync(join(folder, 'c-whole.json'), JSON.stringify({ components: flow('x').components }));
    const server = await start({ SEMSTREAMS_FLOWS_DIR: folder });
    await eventually('the whole one runs', async () =>
      statusOf(server, 'c-whole').then(
        ({ observed }) => observed === 'running',
        () => false,
      ),
    );
    const { status } = await healthOf(server);
    expect(status).toBe('degraded');
    const { troubles } = System.parse((await server.call('GET', '/api/v1/system')).body);
    expect(troubles.map(({ source, sentence }) => [source.split('/').at(-1), sentence])).toEqual([
      ['a-broken.json', expect.stringContaining('nothing_like_it')],
      ['b-cut.json', expect.stringContaining('JSON')],
    ]);
  });

  it('is unhealthy, with 503, as long as NATS could never be used', async () => {
    const server = await start({ SEMSTREAMS_NATS_URL: 'nats://127.0.0.1:1' });
    expect(await healthOf(server)).toMatchObject({
      code: 503,
      status: 'unhealthy',
      components: { nats: 'disconnected', flows: 'starting' },
    });
    expect((await server.call('GET', '/health/live')).status).toBe(200);
    expect((await server.call('GET', '/health/ready')).status).toBe(503);
    expect(await server.call('GET', '/api/v1/flows')).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('NATS is away') },
    });
    expect((await server.call('GET', '/api/v1/component-types')).status).toBe(200);
  });

  it('names component types of one’s own that are broken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-own-'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'broken.mjs'), 'export default 5;');
    const twice = `export default ({ defineComponent, output, z }) => defineComponent({ type: 'json_map', category: 'input',
      title: 'X', summary: 'X.', icon: 'box', ports: { out: output('json') }, config: z.object({}), examples: [], create: () => ({}) });`;
    writeFileSync(join(folder, 'twice.mjs'), twice);
    const server = await start({ SEMSTREAMS_COMPONENTS_DIR: folder });
    const { troubles } = System.parse((await server.call('GET', '/api/v1/system')).body);
    expect(troubles).toEqual([
      { source: join(folder, 'broken.mjs'), sentence: 'its default export is no function that makes a component type' },
      {
        source: join(folder, 'twice.mjs'),
        sentence: 'there is a component type "json_map" already: give it another name',
      },
    ]);
  });
});

it('numbers come out digit for digit, from files and by REST, and are seen so in dead letters', async () => {
  const server = await start();
  await isHealthy(server);
  writeFileSync(join(server.dataDir, 'numbers.ndjson'), '{"a":1e400,"b":[-1e-400,{"id":9007199254740993}],"n":1}\n');
  await server.call('POST', '/api/v1/flows', {
    id: 'numbers',
    components: [
      { id: 'source', type: 'file_input', config: { path: 'numbers.ndjson' } },
      { id: 'map', type: 'json_map', config: { steps: [{ do: 'convert', field: 'n', into: 'number' }] } },
      { id: 'file', type: 'file_output', config: { path: 'numbers.out' } },
    ],
  });
  await server.call('POST', '/api/v1/flows/numbers/deploy?wait=10s');
  const written = () => readFileSync(join(server.dataDir, 'numbers.out'), 'utf8');
  const first = '{"a":1e400,"b":[-1e-400,{"id":9007199254740993}],"n":1}\n';
  await eventually(
    'the file is through',
    async () => existsSync(join(server.dataDir, 'numbers.out')) && written() === first,
  );
  const given = '{"id":12345678901234567890,"n":"x"}';
  const body = `{"payloads":[{"id":12345678901234567890,"n":"0.12345678901234567891"},${given}]}`;
  expect((await server.call('POST', '/api/v1/flows/numbers/components/map/inject', body)).status).toBe(200);
  expect(written()).toBe(`${first}{"id":12345678901234567890,"n":0.12345678901234567891}\n`);
  const letters = await eventually('there is a dead letter', async () => {
    const { body: found } = await server.call('GET', '/api/v1/flows/numbers/dead-letters');
    return (found as { total: number }).total === 1 && found;
  });
  expect(letters).toMatchObject({ items: [{ payload: given, can_resend: true }] });
});

describe('metrics', () => {
  it('are told by flow and component, and go on over a redeploy', async () => {
    const server = await start();
    await isHealthy(server);
    await server.call('POST', '/api/v1/flows', {
      id: 'counted',
      components: [
        { id: 'source', type: 'simulator_input', config: { rate: 0.01, count: 1 } },
        { id: 'map', type: 'json_map', config: { steps: [{ do: 'convert', field: 'n', into: 'number' }] } },
        { id: 'file', type: 'file_output', config: { path: 'counted' } },
      ],
    });
    await server.call('POST', '/api/v1/flows/counted/deploy?wait=10s');
    await server.call('POST', '/api/v1/flows/counted/components/map/inject', {
      payloads: [{ n: '1' }, { n: 'x' }, { n: 2 }],
    });
    const metrics = async () => {
      const { body, headers } = await server.call('GET', '/metrics');
      expect(headers.get('content-type')).toMatch(/^text\/plain/);
      return String(body);
    };
    const value = (text: string, line: string) =>
      Number(
        text
          .split('\n')
          .find((each) => each.startsWith(`${line} `))
          ?.split(' ')[1],
      );
    const text = await metrics();
    const map = 'flow="counted",component="map"';
    expect(value(text, `semstreams_message_in_total{${map}}`)).toBe(4);
    expect(value(text, `semstreams_message_out_total{${map}}`)).toBe(3);
    expect(value(text, `semstreams_message_errors_total{${map}}`)).toBe(1);
    expect(value(text, `semstreams_message_dropped_total{${map},reason="invalid"}`)).toBe(1);
    expect(value(text, 'semstreams_flow_state{flow="counted",state="running"}')).toBe(1);
    expect(value(text, 'semstreams_flow_state{flow="counted",state="failed"}')).toBe(0);
    expect(value(text, 'semstreams_flow_connection_messages_total{flow="counted",from="map.out",to="file.in"}')).toBe(
      3,
    );
    expect(value(text, 'semstreams_nats_connected')).toBe(1);
    for (const family of text.matchAll(/^(semstreams_\w+?)(?:\{| )/gm)) expect(text).toContain(`# HELP ${family[1]} `);

    await server.call('POST', '/api/v1/flows/counted/stop?wait=10s');
    await server.call('POST', '/api/v1/flows/counted/start?wait=10s');
    expect(value(await metrics(), `semstreams_message_in_total{${map}}`)).toBeGreaterThanOrEqual(4);
  });

  it('can be elsewhere, and switched off', async () => {
    const server = await start({ SEMSTREAMS_METRICS_PATH: '/numbers' });
    expect((await server.call('GET', '/numbers')).status).toBe(200);
    const silent = await start({ SEMSTREAMS_METRICS_ENABLED: 'false' });
    expect(await silent.call('GET', '/metrics')).toMatchObject({ status: 404 });
  });
});
