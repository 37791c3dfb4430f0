import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** Types that leave messages out, in a flow of the server as people run it. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const guaranteed = (from: string, to: string) => ({ from, to, delivery: 'guaranteed' });
const flow = {
  id: 'thinned',
  components: [
    { id: 'in', type: 'file_input', config: { path: 'in.ndjson', mode: 'tail', from_start: true } },
    { id: 'fresh', type: 'changed', config: { fields: ['v'], by: ['k'], deadband: 0.1 } },
    { id: 'few', type: 'throttle', config: { messages: 2, per: '24h', by: ['k'] } },
    { id: 'out', type: 'file_output', config: { path: 'out.ndjson' } },
    { id: 'rest', type: 'file_output', config: { path: 'rest.ndjson' } },
  ],
  connections: [
    guaranteed('in', 'fresh'),
    guaranteed('fresh.out', 'few'),
    guaranteed('few.out', 'out'),
    guaranteed('few.rest', 'rest'),
  ],
};
const write = (...lines: object[]) =>
  writeFileSync(join(server.dataDir, 'in.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''), {
    flag: 'a',
  });
/** Its different lines: what an output had under way when the server was killed may be written again. */
const linesOf = (path: string): string[] =>
  existsSync(join(server.dataDir, path))
    ? [...new Set(readFileSync(join(server.dataDir, path), 'utf8').split('\n').filter(Boolean))]
    : [];
const has = async (path: string, count: number): Promise<unknown[]> =>
  eventually(`${count} lines of ${path}`, async () => {
    const lines = linesOf(path);
    return Promise.resolve(lines.length >= count && lines.map((line) => JSON.parse(line) as unknown));
  });

it('changed and throttle know over a kill of the server what they have passed on', { timeout: 180_000 }, async () => {
  write({ k: 'a', v: 21.2 }, { k: 'a', v: 21.3 }, { k: 'b', v: 5 }, { k: 'b', v: 6 });
  expect((await server.call('POST', '/api/v1/flows', flow)).status).toBe(201);
  await server.call('POST', '/api/v1/flows/thinned/deploy?wait=20s');
  const first = [
    { k: 'a', v: 21.2 },
    { k: 'b', v: 5 },
    { k: 'b', v: 6 },
  ];
  expect(await has('out.ndjson', 3)).toEqual(first);
  const { dataDir } = server;
  await server.end('SIGKILL');
  server = await startServer({}, dataDir);
  write({ k: 'a', v: 21.3 }, { k: 'a', v: 21.4 }, { k: 'b', v: 6.1 }, { k: 'b', v: 7 });
  expect(await has('rest.ndjson', 1)).toEqual([{ k: 'b', v: 7 }]);
  expect(await has('out.ndjson', 4)).toEqual([...first, { k: 'a', v: 21.4 }]);
});
