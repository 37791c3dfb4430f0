import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowStatus, LogPage } from '@semstreams/contract';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, startServer } from './running-server.ts';

/** Says where the server will be, since nobody can read it from the log. */
const command = 'echo "is ready at http://127.0.0.1:$SEMSTREAMS_PORT"; exec "$@" >"$LOG" 2>&1';

const freePort = async (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** A pipe that is full and that nobody reads. */
const fullPipe = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-log-'));
  const path = join(folder, 'log');
  execFileSync('mkfifo', [path]);
  const file = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });
  try {
    for (;;) writeSync(file, Buffer.alloc(512));
  } catch {
    return path;
  }
};

it.each([
  ['goes to a full disk', () => '/dev/full', 'ENOSPC'],
  ['goes to a reader that reads nothing', fullPipe, undefined],
])('a log that %s stops nothing, and the server ends when it is told to', { timeout: 180_000 }, async (_, log, why) => {
  const settings = { SEMSTREAMS_PORT: String(await freePort()), LOG: log(), SEMSTREAMS_LOG_LEVEL: 'debug' };
  const server = await startServer(settings, undefined, ['/bin/sh', '-c', command, 'sh']);
  onTestFinished(() => {
    if (server.process.exitCode === null) server.process.kill('SIGKILL');
  });
  const soon = async <Found>(what: string, look: () => Promise<Found>) =>
    eventually(what, async () => look().catch(() => undefined), 90_000);
  await soon('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  const components = [
    { id: 'source', type: 'simulator_input', config: { rate: 50 } },
    { id: 'file', type: 'file_output', config: { path: 'a.ndjson' } },
  ];
  await server.call('POST', '/api/v1/flows', { id: 'a', components, connections: [{ from: 'source', to: 'file' }] });
  await server.call('POST', '/api/v1/flows/a/deploy?wait=20s');
  await soon('the flow runs', async () => {
    const { body } = await server.call('GET', '/api/v1/flows/a/status');
    return (body as FlowStatus).components[1]!.out_total > 20;
  });
  if (why !== undefined) {
    const { body } = await server.call('GET', '/api/v1/logs?search=the%20log%20cannot%20be%20written');
    expect((body as LogPage).items).toMatchObject([
      { level: 'warn', fields: { reason: expect.stringContaining(why) } },
    ]);
  }
  server.process.kill('SIGTERM');
  await soon('it has ended', async () => server.process.exitCode !== null || server.process.signalCode !== null);
});
