import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Health, livePath, type System, type Trouble } from '@semstreams/contract';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

const password = 'correct horse battery';
const folder = mkdtempSync(join(tmpdir(), 'semstreams-own-'));
let server: RunningServer;
beforeAll(async () => {
  writeFileSync(join(folder, 'secret.mjs'), 'export default (');
  server = await startServer({
    SEMSTREAMS_LOGIN: 'always',
    SEMSTREAMS_ADMIN_PASSWORD: password,
    SEMSTREAMS_COMPONENTS_DIR: folder,
  });
}, 120_000);
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true });
});

const cookieOf = async (user: string) => {
  const { headers } = await server.call('POST', '/api/v1/session', { user, password });
  return { cookie: headers.get('set-cookie')!.split(';')[0]! };
};
const liveTroubles = async (extraHeaders: Readonly<Record<string, string>>) =>
  new Promise<Trouble[]>((resolve, reject) => {
    const socket = io(server.url, { path: livePath, transports: ['websocket'], extraHeaders, reconnection: false });
    socket.once('connect_error', reject);
    socket.once('troubles', (troubles: Trouble[]) => {
      socket.disconnect();
      resolve(troubles);
    });
  });

it('what is wrong with the server is told to who may look at all flows alone, by every way', async () => {
  const admin = await cookieOf('admin');
  const limited = { name: 'eva', role: 'administrator', flows: ['mine'], password };
  await server.call('POST', '/api/v1/users', limited, admin);
  const eva = await cookieOf('eva');
  const told = async (headers: Readonly<Record<string, string>>) => {
    const system = (await server.call('GET', '/api/v1/system', undefined, headers)).body as System;
    const health = (await server.call('GET', '/health', undefined, headers)).body as Health;
    return JSON.stringify([system.troubles, health.sentences, await liveTroubles(headers)]);
  };
  const whole = await eventually('it is told of', async () => {
    const said = await told(admin);
    return said.match(/secret\.mjs/g)?.length === 3 && said;
  });
  expect(whole).toContain('secret.mjs');
  expect(await told(eva)).not.toContain('secret.mjs');
  const { body } = await server.call('GET', '/health');
  expect(body).toMatchObject({ status: expect.stringMatching(/healthy|degraded/), sentences: [] });
});
