import { execFileSync } from 'node:child_process';
import type { FlowStatus, Health } from '@semstreams/contract';
import { expect, it, onTestFinished } from 'vitest';
import { failingDisk } from './component-kit/testing/failing-disk.ts';
import { eventually, startServer } from './running-server.ts';

/** Ids of the processes that a process has started, by a word of their command. */
const childrenOf = (id: number, word: string): number[] =>
  execFileSync('ps', ['--ppid', String(id), '-o', 'pid=,args=', 'ww'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(word))
    .map((line) => Number.parseInt(line, 10));

it(
  'with a disk that has failed the server stays, says so, and outlives its lanes and its nats-server',
  { timeout: 240_000 },
  async ({ skip }) => {
    const disk = failingDisk(200);
    skip(disk === undefined, 'it takes root');
    const server = await startServer({}, disk!.folder);
    onTestFinished(() => {
      if (server.process.exitCode === null) server.process.kill('SIGKILL');
    });
    const { call } = server;
    await eventually('it is ready', async () => (await call('GET', '/health/ready')).status === 200);
    const statusOf = async (id: string) => (await call('GET', `/api/v1/flows/${id}/status`)).body as FlowStatus;
    const source = { id: 'source', type: 'simulator_input', config: { rate: 50 } };
    const web = { id: 'web', type: 'http_input', config: { host: '127.0.0.1', port: 0 } };
    const flow = (id: string, from: object) => ({
      id,
      components: [from, { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } }],
    });
    for (const each of [flow('a', source), flow('b', web)]) {
      expect((await call('POST', '/api/v1/flows', each)).status).toBe(201);
      await call('POST', `/api/v1/flows/${each.id}/deploy?wait=20s`);
    }
    await eventually('it writes', async () => (await statusOf('a')).components[1]!.out_total > 20);

    disk!.fail();
    const saysSo = async () => {
      const { components, sentences, status } = (await call('GET', '/health')).body as Health;
      const sentence = sentences.find((each) => each.startsWith('disk: '));
      return status === 'degraded' && components['disk'] === 'unwritable' && sentence;
    };
    const isReadOnly = 'is mounted read-only: see what the log of the system';
    await eventually('health says so', async () => ((await saysSo()) || '').includes(isReadOnly));
    await eventually('so does the flow', async () => (await statusOf('a')).sentence.includes('cannot be written'));
    for (const [path, body] of [
      ['/api/v1/flows/b/stop', undefined],
      ['/api/v1/flows', { ...flow('c', web), name: 'C' }],
    ] as const) {
      const answer = await call('POST', path, body);
      expect([answer.status, answer.body]).toMatchObject([
        503,
        { detail: expect.stringContaining('cannot be written any more') },
      ]);
    }
    const archive = '\0'.repeat(1024);
    const restored = await call('POST', '/api/v1/restore', archive, { 'content-type': 'application/x-tar' });
    expect(restored).toMatchObject({
      status: 507,
      body: { detail: expect.stringMatching(/^the disk of the folder of backups ".*" is mounted read-only/) },
    });

    const [lane] = childrenOf(server.process.pid!, 'lane-process');
    process.kill(lane!, 'SIGKILL');
    await eventually('another lane is there', async () =>
      childrenOf(server.process.pid!, 'lane-process').some((id) => id !== lane),
    );
    const [broker] = childrenOf(server.process.pid!, 'nats-server');
    process.kill(broker!, 'SIGKILL');
    await eventually('the own nats-server is missed', async () => {
      const { components } = (await call('GET', '/health')).body as Health;
      return components['nats'] === 'disconnected';
    });
    expect(await saysSo()).toBeTruthy();
    expect(await server.end()).toBe(0);
  },
);
