import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** A router in a flow of the server as people run it: its ports are those of its settings. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const guaranteed = (from: string, to: string) => ({ from, to, delivery: 'guaranteed' });
const routed = (second: string) => ({
  id: 'routed',
  name: 'Routed',
  components: [
    { id: 'in', type: 'file_input', config: { path: 'in.ndjson', mode: 'tail', from_start: true } },
    {
      id: 'way',
      type: 'router',
      config: {
        routes: [
          { name: 'hot', rules: [{ field: 'v', operator: 'gt', value: 30 }] },
          { name: second, rules: [{ field: 'v', operator: 'gt', value: 20 }] },
        ],
      },
    },
    ...['hot', 'warm', 'rest'].map((id) => ({ id, type: 'file_output', config: { path: `${id}.ndjson` } })),
  ],
  connections: [
    guaranteed('in', 'way'),
    guaranteed('way.hot', 'hot'),
    { from: `way.${second}`, to: 'warm' },
    guaranteed('way.else', 'rest'),
  ],
});

const write = (...values: unknown[]): void =>
  writeFileSync(join(server.dataDir, 'in.ndjson'), values.map((v) => `${JSON.stringify({ v })}\n`).join(''), {
    flag: 'a',
  });
const linesOf = (name: string): string[] => {
  const path = join(server.dataDir, `${name}.ndjson`);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
};
const has = async (name: string, count: number): Promise<unknown[]> =>
  eventually(`${count} lines of ${name}`, async () => {
    const lines = linesOf(name);
    return Promise.resolve(lines.length >= count && lines.map((line) => (JSON.parse(line) as { v: unknown }).v));
  });

it('sends each message to its route, and goes on when a route has another name', { timeout: 180_000 }, async () => {
  expect((await server.call('POST', '/api/v1/flows', routed('warm'))).status).toBe(201);
  await server.call('POST', '/api/v1/flows/routed/deploy?wait=20s');
  write(31, 25, 5, 'x', 40);
  expect(await has('hot', 2)).toEqual([31, 40]);
  expect(await has('warm', 1)).toEqual([25]);
  expect(await has('rest', 2)).toEqual([5, 'x']);

  const { headers } = await server.call('GET', '/api/v1/flows/routed');
  const changed = await server.call('PUT', '/api/v1/flows/routed', routed('mild'), {
    'if-match': headers.get('etag')!,
  });
  expect(changed.status).toBe(200);
  await server.call('POST', '/api/v1/flows/routed/deploy?wait=20s');
  write(26, 41);
  expect(await has('warm', 2)).toEqual([25, 26]);
  expect(await has('hot', 3)).toEqual([31, 40, 41]);
});

it('is refused where a connection leaves by a route that it has not, with the ports that it has', async () => {
  const [flow, other] = [routed('warm'), routed('mild')];
  const wrong = { ...flow, id: 'wrong', connections: other.connections };
  const { body } = await server.call('POST', '/api/v1/flows/validate', wrong);
  const { findings } = body as { findings: readonly { place: string }[] };
  expect(findings.filter(({ place }) => place.startsWith('connections'))).toEqual([
    expect.objectContaining({
      place: 'connections[2].from',
      sentence: '"way" has no output port "mild"',
      hint: 'write "way.hot", "way.warm", "way.else"',
    }),
  ]);
});
