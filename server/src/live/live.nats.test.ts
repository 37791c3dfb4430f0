import type { FlowOverview, FlowStatus, Link, Trouble } from '@semstreams/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
const lines: Socket[] = [];
beforeAll(async () => {
  server = await startServer();
  await eventually('it is healthy', async () => (await server.call('GET', '/health/ready')).status === 200);
  await server.call('POST', '/api/v1/flows', {
    id: 'seen',
    components: [
      { id: 'source', type: 'simulator_input' },
      { id: 'keep', type: 'json_filter' },
    ],
  });
  await server.call('POST', '/api/v1/flows/seen/deploy?wait=10s');
});
afterEach(() => lines.splice(0).forEach((line) => line.close()));
afterAll(async () => {
  await server.end();
});

/** A line as a browser makes it, with all that it heard by event. */
const open = async (headers: Record<string, string> = {}, transport: 'polling' | 'websocket' = 'websocket') => {
  const line = io(server.url, {
    path: '/live',
    transports: [transport],
    reconnection: false,
    forceNew: true,
    extraHeaders: headers,
  });
  lines.push(line);
  const heard: Record<string, unknown[]> = { overview: [], status: [], draft: [], troubles: [] };
  line.onAny((event: string, told: unknown) => (heard[event] ??= []).push(told));
  await new Promise<void>((resolve, reject) => {
    line.once('connect', resolve);
    line.once('connect_error', reject);
  });
  return { line, heard };
};
const heardIs = async (what: string, holds: () => boolean) => eventually(what, async () => holds());

it('tells all flows at once, and again as their numbers change', async () => {
  const { heard } = await open();
  await heardIs('two overviews', () => heard['overview']!.length >= 2);
  const [first] = heard['overview'] as FlowOverview[][];
  expect(first).toMatchObject([{ flow: 'seen', observed: 'running', sentence: expect.stringMatching(/^Running/) }]);
  expect(heard['troubles'] as Trouble[][]).toEqual([[]]);
  expect(heard['status']).toEqual([]);
});

it('tells what is inside a flow to who watches it, until they look away', async () => {
  const { line, heard } = await open();
  line.emit('watch', 'seen');
  await heardIs('rates', () =>
    (heard['status'] as FlowStatus[]).some(({ components }) => components[0]!.out_per_second > 0),
  );
  await heardIs('as many statuses as overviews', () => heard['status']!.length >= 3);
  line.emit('unwatch', 'seen');
  const overviews = heard['overview']!.length;
  await heardIs('it looked away', () => heard['overview']!.length > overviews + 1);
  const told = heard['status']!.length;
  await heardIs('time passes', () => heard['overview']!.length > overviews + 3);
  expect(heard['status']!.length).toBe(told);
});

it('tells the links to who watches them, as the call for them does, until they look away', async () => {
  const run = async (id: string, components: readonly object[], from: string, to: string): Promise<void> => {
    await server.call('POST', '/api/v1/flows', { id, components, connections: [{ from, to }] });
    await server.call('POST', `/api/v1/flows/${id}/deploy?wait=10s`);
  };
  const output = { id: 'to-b', type: 'websocket_output', config: { host: '127.0.0.1', port: 0 } };
  await run('gives', [{ id: 'source', type: 'simulator_input' }, output], 'source', 'to-b');
  const listening = async (): Promise<unknown> => {
    const { body } = await server.call('GET', '/api/v1/flows/gives/status');
    return (body as FlowStatus).components.at(-1)!.facts['listening'];
  };
  await eventually('it listens', async () => Number(await listening()) > 0);
  const input = {
    id: 'from-a',
    type: 'websocket_input',
    config: { url: `ws://127.0.0.1:${await listening()}`, name: 'b' },
  };
  await run('takes', [input, { id: 'log', type: 'log_output' }], 'from-a', 'log');
  const { line, heard } = await open();
  line.emit('watchLinks');
  const links = (): Link[] => ((heard['links'] ?? []).at(-1) ?? []) as Link[];
  await heardIs('both ends', () => links().length === 2 && links().every((link) => link.far_sides.length === 1));
  const told = [
    { flow: 'gives', component: 'to-b', direction: 'to', far_sides: [{ name: 'b', is_there: true }] },
    { flow: 'takes', component: 'from-a', direction: 'from', far_sides: [{ speaks: 'link', is_there: true }] },
  ];
  expect(links()).toMatchObject(told);
  expect((await server.call('GET', '/api/v1/links')).body).toMatchObject({ items: told });
  line.emit('unwatchLinks');
  const overviews = heard['overview']!.length;
  await heardIs('it looked away', () => heard['overview']!.length > overviews + 1);
  const count = heard['links']!.length;
  await heardIs('time passes', () => heard['overview']!.length > overviews + 3);
  expect(heard['links']!.length).toBe(count);
});

it('tells when somebody writes a draft, or deletes one', async () => {
  const { heard } = await open();
  const { body } = await server.call('POST', '/api/v1/flows', { id: 'written', components: [] });
  await heardIs('the draft', () => heard['draft']!.length === 1);
  await server.call('DELETE', '/api/v1/flows/written');
  await heardIs('the end', () => heard['draft']!.length === 2);
  expect(heard['draft']).toEqual([
    { flow: 'written', revision: (body as { revision: number }).revision },
    { flow: 'written', revision: 0 },
  ]);
});

it.each(['polling', 'websocket'] as const)('refuses pages from elsewhere, by %s', async (transport) => {
  await expect(open({ origin: 'http://evil.example' }, transport)).rejects.toThrow();
  await open({ origin: server.url }, transport);
});

it('refuses names that it does not know, so that a page cannot come by one that leads here', async () => {
  await expect(open({ host: 'evil.example' })).rejects.toThrow();
});

it('takes nothing amiss', async () => {
  const { line, heard } = await open();
  for (const what of [null, 5, {}, [], 'nothing', 'x'.repeat(10_000), '__proto__', 'flow:seen'])
    line.emit('watch', what);
  for (let n = 0; n < 200; n += 1) line.emit('watch', `many-${n}`);
  line.emit('no such event', 1);
  line.emit('watch');
  await heardIs('it is told on', () => heard['overview']!.length >= 3);
  expect((await server.call('GET', '/health/live')).status).toBe(200);
  const large = await open();
  large.line.emit('watch', 'x'.repeat(1_000_000));
  await heardIs('it is cut', () => !large.line.connected);
});
