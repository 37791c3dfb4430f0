import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { Health } from '@semstreams/contract';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, startServer } from './running-server.ts';

const mostFiles = 150;

const childOf = (id: number, word: string): number =>
  Number.parseInt(
    execFileSync('ps', ['--ppid', String(id), '-o', 'pid=,args=', 'ww'], { encoding: 'utf8' })
      .split('\n')
      .find((line) => line.includes(word))!,
    10,
  );

it(
  'a server that may open no further file goes on, and starts again what has ended when it may',
  { timeout: 240_000 },
  async () => {
    const limited = ['/bin/sh', '-c', `ulimit -n ${mostFiles}; exec "$@"`, 'sh'];
    const server = await startServer({}, undefined, limited);
    const { pid } = server.process;
    onTestFinished(() => {
      if (server.process.exitCode === null) server.process.kill('SIGKILL');
    });
    const { call } = server;
    await eventually('it is ready', async () => (await call('GET', '/health/ready')).status === 200);
    const components = [
      { id: 'source', type: 'simulator_input', config: { rate: 50 } },
      { id: 'file', type: 'file_output', config: { path: 'a.ndjson' } },
    ];
    await call('POST', '/api/v1/flows', { id: 'a', components, connections: [{ from: 'source', to: 'file' }] });
    await call('POST', '/api/v1/flows/a/deploy?wait=20s');
    const isHealthy = async () => {
      const answer = await call('GET', '/health').catch(() => undefined);
      const { status, components } = (answer?.body ?? {}) as Partial<Health>;
      return status === 'healthy' && components!['flows'] === 'running';
    };
    await eventually('all is well', isHealthy);

    const sockets = Array.from({ length: 2 * mostFiles }, () => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      return socket;
    });
    await eventually('it has no file left', async () => readdirSync(`/proc/${pid}/fd`).length >= mostFiles - 1);
    process.kill(childOf(pid!, 'lane-process'), 'SIGKILL');
    process.kill(childOf(pid!, 'nats-server'), 'SIGKILL');
    await eventually('neither can be started', async () => {
      const tried = server.output().includes('nats-server cannot be started and is tried again');
      return tried && server.output().includes('EMFILE');
    });
    for (const socket of sockets) socket.destroy();
    await eventually('all is well again', isHealthy, 120_000);
    expect(server.output()).not.toContain('something was thrown and not caught');
    expect(await server.end()).toBe(0);
  },
);
