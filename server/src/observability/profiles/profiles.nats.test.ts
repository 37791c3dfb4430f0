import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../../running-server.ts';
import { readProfile } from './read-profile.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ SEMSTREAMS_DEBUG_PPROF: 'true' });
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  await server.call('POST', '/api/v1/flows', {
    id: 'busy',
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 20_000 } },
      {
        id: 'map',
        type: 'json_map',
        config: { steps: [{ do: 'template', field: 'text', text: '{vehicle} at {altitude}' }] },
      },
      { id: 'file', type: 'file_output', config: { path: 'busy.ndjson', max_size: '1MB', keep: 1 } },
    ],
  });
  expect((await server.call('POST', '/api/v1/flows/busy/deploy?wait=10s')).status).toBe(202);
});
afterAll(async () => {
  await server.end();
});

const fetchProfile = async (path: string) => {
  const response = await fetch(new URL(path, server.url));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  return readProfile(new Uint8Array(await response.arrayBuffer()));
};

it('tells where the time goes, in the main thread and in the lanes', async () => {
  const { types, durationMs, samples } = await fetchProfile('/debug/pprof/profile?seconds=2');
  expect(types).toEqual(['samples/count', 'cpu/nanoseconds']);
  expect(durationMs).toBeGreaterThanOrEqual(2000);
  const inLane = samples.filter(({ thread }) => thread.startsWith('lane'));
  expect(inLane.flatMap(({ stack }) => stack).some((frame) => frame.includes('simulator-input'))).toBe(true);
  expect(new Set(samples.map(({ thread }) => thread.split(' ')[0]))).toEqual(new Set(['main', 'lane']));
  expect(samples.filter(({ values }) => !(values[0]! >= 1) || !(values[1]! > 0))).toEqual([]);
  const seconds = inLane.reduce((sum, { values }) => sum + values[1]!, 0) / 1e9;
  expect(seconds).toBeGreaterThan(0.05);
  expect(seconds).toBeLessThan(durationMs / 1000 + 1);
});

it('tells what lives on the heaps', async () => {
  const { types, samples } = await fetchProfile('/debug/pprof/heap');
  expect(types).toEqual(['inuse_objects/count', 'inuse_space/bytes']);
  expect(new Set(samples.map(({ thread }) => thread.split(' ')[0]))).toEqual(new Set(['main', 'lane']));
  expect(samples.reduce((sum, { values }) => sum + values[1]!, 0)).toBeGreaterThan(100_000);
});

it('makes one at a time, and takes only lengths that make sense', async () => {
  const both = [1, 2].map(async () => (await server.call('GET', '/debug/pprof/profile?seconds=1')).status);
  expect((await Promise.all(both)).sort()).toEqual([200, 409]);
  for (const seconds of ['0', '301', 'x', '1.5'])
    expect(await server.call('GET', `/debug/pprof/profile?seconds=${seconds}`)).toMatchObject({ status: 400 });
});

it('goes on while flows stop and start, and leaves nothing behind', async () => {
  const profile = server.call('GET', '/debug/pprof/profile?seconds=2');
  for (const [command, observed] of [
    ['stop', 'stopped'],
    ['start', 'running'],
  ]) {
    expect(await server.call('POST', `/api/v1/flows/busy/${command}?wait=10s`)).toMatchObject({ status: 202 });
    expect((await server.call('GET', '/api/v1/flows/busy/status')).body).toMatchObject({ observed });
  }
  expect((await profile).status).toBe(200);
  expect((await server.call('GET', '/api/v1/flows/busy/status')).body).toMatchObject({ observed: 'running' });
});

it('is told to this machine under its own name alone', async () => {
  const { hostname, port } = new URL(server.url);
  const status = await new Promise((resolve) =>
    request({ host: hostname, port, path: '/debug/pprof/heap', headers: { host: 'evil.example' } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end(),
  );
  expect(status).toBe(403);
});

it('is not there unless it is switched on', async () => {
  const silent = await startServer();
  for (const path of ['/debug/pprof/heap', '/debug/pprof/profile?seconds=1'])
    expect(await silent.call('GET', path)).toMatchObject({
      status: 404,
      body: { detail: 'profiles are switched off by "debug.pprof"' },
    });
  await silent.end();
});
