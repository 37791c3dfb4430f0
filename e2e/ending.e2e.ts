import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from './test.ts';

const flow = {
  id: 'log',
  components: [
    { id: 'numbers', type: 'simulator_input', config: { rate: 500 } },
    { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } },
  ],
};

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends everything in order`, async ({ startInstance }) => {
    const server = await startInstance();
    await server.rest.run(flow);
    expect(server.natsServers()).toHaveLength(1);

    expect(await server.stop(signal)).toEqual({ code: 0, signal: null });

    expect(server.natsServers()).toEqual([]);
    expect(existsSync(join(server.dataDir, 'server.pid'))).toBe(false);
    expect(server.output).not.toContain('"level":"error"');
  });

test('a line on which nothing is ever asked does not hold the end up', async ({ startInstance }) => {
  const server = await startInstance();
  const line = connect(Number(new URL(server.address).port), '127.0.0.1');
  await once(line, 'connect');
  const cut = once(line, 'close');

  expect(await server.stop()).toEqual({ code: 0, signal: null });

  await cut;
});

test('a port that is taken is said in one sentence', async ({ newInstance }) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const server = newInstance({ PORT: String(port), LOG_LEVEL: 'error' });

  expect(await server.startInVain()).toEqual({ code: 1, signal: null });

  expect(server.output.trim()).toBe(`port ${port} is used by another program; set SEMSTREAMS_PORT or "port"`);
  expect(server.natsServers()).toEqual([]);
  other.close();
});

test('a data folder that another server uses is said in one sentence', async ({ startInstance, newInstance }) => {
  const first = await startInstance();
  const second = newInstance({ DATA_DIR: first.dataDir });

  expect(await second.startInVain()).toEqual({ code: 1, signal: null });

  expect(second.output.trim()).toBe(
    `the data folder "${first.dataDir}" is used by another server (process ${first.pid}); set "data_dir"`,
  );
  expect((await first.rest.health()).status).toBe('healthy');
});
