import { livePath } from '@semstreams/contract';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';

const password = 'correct horse battery';
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(async () => server.end());

/** Listens in both ways; resolves with what tells that both have ended. */
const listen = async (extraHeaders: Readonly<Record<string, string>>): Promise<() => Promise<unknown>> => {
  const socket = io(server.url, { path: livePath, transports: ['websocket'], extraHeaders, reconnection: false });
  const socketEnd = new Promise((resolve) => socket.once('disconnect', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('overview', () => resolve());
    socket.once('connect_error', reject);
  });
  const events = await fetch(new URL('/api/v1/events', server.url), { headers: extraHeaders });
  expect(events.status).toBe(200);
  const eventsEnd = events.text().catch(() => 'cut');
  return async () => Promise.all([socketEnd, eventsEnd]);
};

it('live data and events end with the first user of an open server, and with the token that was shown', async () => {
  const openEnded = await listen({});
  await server.call('POST', '/api/v1/users', { name: 'admin', role: 'administrator', password });
  await openEnded();
  const { headers } = await server.call('POST', '/api/v1/session', { user: 'admin', password });
  const own = { cookie: headers.get('set-cookie')!.split(';')[0]! };
  const wanted = { name: 'x', role: 'viewer' };
  const { id, token } = (await server.call('POST', '/api/v1/tokens', wanted, own)).body as Record<string, string>;
  const tokenEnded = await listen({ authorization: `Bearer ${token}` });
  await server.call('DELETE', `/api/v1/tokens/${id}`, undefined, own);
  await tokenEnded();
});
