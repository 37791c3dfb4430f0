import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** Hostile scripts and expressions in flows of the server as people run it. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const code = `const bad = {
  search: () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1),
  sort: () => Array(2 ** 32 - 1).sort(),
  power: () => String((2n ** 4000000n) ** 2n).length,
  pattern: () => /(x+x+)+y/.test('x'.repeat(100)),
  memory: () => { const all = []; for (;;) all.push('x'.repeat(1e6) + all.length); },
  text: () => 'x'.repeat(2 ** 24).indexOf('x'.repeat(2 ** 22) + 'y'),
};
function process(message) {
  const { does, n } = message.payload;
  state.n = (state.n ?? 0) + 1;
  return { payload: { n, result: bad[does]?.() ?? state.n } };
}`;
const names = ['search', 'sort', 'power', 'pattern', 'memory', 'text'];
const guaranteed = (from: string, to: string) => ({ from, to, delivery: 'guaranteed' });
const flow = {
  id: 'hostile',
  components: [
    { id: 'in', type: 'file_input', config: { path: 'in.ndjson', mode: 'tail', from_start: true } },
    { id: 'script', type: 'script', config: { code } },
    { id: 'padded', type: 'expression', config: { expression: '$pad("x", n = 3 ? 100000000 : 1)', into: 'padded' } },
    { id: 'out', type: 'file_output', config: { path: 'out.ndjson' } },
  ],
  connections: [guaranteed('in', 'script'), guaranteed('script.out', 'padded'), guaranteed('padded.out', 'out')],
};
/** It would be ended with the lane that it shares. */
const beside = {
  id: 'beside',
  components: [
    { id: 'ticks', type: 'timer_input', config: { every: '1s' } },
    { id: 'out', type: 'file_output', config: { path: 'beside.ndjson' } },
  ],
};

const linesOf = (path: string): unknown[] =>
  existsSync(join(server.dataDir, path))
    ? readFileSync(join(server.dataDir, path), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown)
    : [];
/** Since when each component of a flow runs: another time where its lane was ended meanwhile. */
const sinceOf = async (id: string): Promise<readonly (readonly [state: string, since: string])[]> => {
  const { body } = await server.call('GET', `/api/v1/flows/${id}/status`);
  return (body as { components: { state: string; since: string }[] }).components.map(({ state, since }) => [
    state,
    since,
  ]);
};

it('costs its messages alone: its flow and those beside it go on in their lane', { timeout: 180_000 }, async () => {
  appendFileSync(join(server.dataDir, 'in.ndjson'), '');
  for (const each of [flow, beside]) {
    expect([each.id, (await server.call('POST', '/api/v1/flows', each)).status]).toEqual([each.id, 201]);
    await server.call('POST', `/api/v1/flows/${each.id}/deploy?wait=20s`);
    await eventually(`${each.id} runs`, async () => (await sinceOf(each.id)).every(([state]) => state === 'running'));
  }
  const before = [await sinceOf('hostile'), await sinceOf('beside')];
  const lines = [...names, 'nothing', 'nothing', 'nothing'].map((does, n) => ({ does, n: n - names.length + 1 }));
  appendFileSync(join(server.dataDir, 'in.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const out = await eventually('the others came through', async () =>
    Promise.resolve(linesOf('out.ndjson').length >= 2 && linesOf('out.ndjson')),
  );
  expect(out).toEqual([
    { n: 1, result: 1, padded: 'x' },
    { n: 2, result: 2, padded: 'x' },
  ]);
  await eventually('each of them is a dead letter', async () => {
    const { body } = await server.call('GET', '/api/v1/flows/hostile/dead-letters');
    return (body as { total: number }).total === names.length + 1;
  });
  expect([await sinceOf('hostile'), await sinceOf('beside')]).toEqual(before);
});
