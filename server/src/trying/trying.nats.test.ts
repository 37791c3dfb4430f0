import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, Problem, Trial } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
const componentsDir = mkdtempSync(join(tmpdir(), 'semstreams-types-'));

/** A type of one's own whose handler does something to the process that it runs in. */
const harmful = (type: string, work: string): void =>
  writeFileSync(
    join(componentsDir, `${type}.mjs`),
    `export default ({ defineComponent, input, output, z }) => defineComponent({
      type: '${type}', category: 'processor', title: 'T', summary: 'For tests.', icon: 'box',
      ports: { in: input('json'), out: output('json') }, config: z.object({}), examples: [],
      create: () => ({ in: (message) => { ${work} return { out: message }; } }),
    });`,
  );

beforeAll(async () => {
  harmful('loops', 'for (;;);');
  harmful('grows', 'const all = []; for (;;) all.push(new Array(1e5).fill({}).map(() => ({ a: Math.random() })));');
  server = await startServer({
    SEMSTREAMS_COMPONENTS_DIR: componentsDir,
    SEMSTREAMS_SECRETS_DIR: '',
    SEMSTREAMS_SECRETS_VARIABLES: 'TRIAL_TOKEN',
    TRIAL_TOKEN: 'hunter22',
  });
}, 120_000);
afterAll(async () => void (await server.end()));

const read = { id: 'read', type: 'udp_input', config: { port: 0 } };
const warm = { id: 'warm', type: 'json_filter', config: { rules: [{ field: 't', operator: 'gt', value: 75 }] } };
const write = { id: 'write', type: 'file_output', config: { path: 'trial.ndjson' } };
const flow = { id: 'draft', name: 'Draft', components: [read, warm, write] };
const messages = [{ payload: { t: 80 } }, { payload: { t: 62 } }];

const tryIt = async (body: unknown): Promise<{ status: number; headers: Headers; trial: Trial; problem: Problem }> => {
  const { status, headers, body: answer } = await server.call('POST', '/api/v1/flows/try', body);
  return { status, headers, trial: answer as Trial, problem: answer as Problem };
};

it('tries a draft that was never saved, and touches nothing', async () => {
  const before = readdirSync(server.dataDir).toSorted();
  const { status, trial } = await tryIt({ flow, messages });
  expect(status).toBe(200);
  expect(trial).toMatchObject({ at: { component: 'read', port: 'out' }, tried: 2, is_cut: false, findings: [] });
  expect(trial.components.map(({ id, state, in: came, out }) => [id, state, came, out])).toEqual([
    ['read', 'muted', 0, {}],
    ['warm', 'tried', 2, { out: 1, rejected: 1 }],
    ['write', 'muted', 1, {}],
  ]);
  expect(trial.steps.at(-1)).toMatchObject({ reason: 't is 62, and not above 75' });
  expect(readdirSync(server.dataDir).toSorted()).toEqual(before);
  expect((await server.call('GET', '/api/v1/flows')).body).toMatchObject({ total: 0 });
}, 60_000);

it('opens no port and sends nothing, also beside the same flow as it runs', async () => {
  const taken = createSocket('udp4').bind(0, '127.0.0.1');
  await once(taken, 'listening');
  let received = 0;
  taken.on('message', () => (received += 1));
  const { port } = taken.address();
  const send = { id: 'send', type: 'udp_output', config: { address: '127.0.0.1', port } };
  const draft = { ...flow, components: [{ ...read, config: { port, host: '127.0.0.1' } }, warm, send] };
  const { trial } = await tryIt({ flow: draft, messages });
  expect(trial.components.at(-1)).toMatchObject({ id: 'send', state: 'muted', in: 1 });
  expect(received).toBe(0);
  taken.close();
}, 60_000);

it('keeps all digits, and takes texts, bytes, headers and times', async () => {
  const parse = { id: 'parse', type: 'parse', config: { format: 'json' } };
  const body = `{"flow":${JSON.stringify({ ...flow, components: [read, write] })},"messages":[{"payload":{"n":12345678901234567890}}]}`;
  const exact = await fetch(`${server.url}/api/v1/flows/try`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(((await exact.json()) as Trial).messages[0]!.payload).toBe('{"n":12345678901234567890}');
  const { trial } = await tryIt({
    flow: { ...flow, components: [read, parse, write] },
    messages: [
      { text: '{"a":1}', headers: { topic: 'x' }, time: '2026-03-01T12:00:00Z' },
      { base64: Buffer.from('{"a":2}').toString('base64') },
    ],
  });
  expect(trial.messages[0]).toMatchObject({ time: '2026-03-01T12:00:00.000Z', headers: { topic: 'x' } });
  expect(trial.messages.slice(2).map(({ payload }) => payload)).toEqual(['{"a":1}', '{"a":2}']);
}, 60_000);

it('shows no secret', async () => {
  const set = { do: 'set', field: 'token', value: '${TRIAL_TOKEN}' };
  const map = { id: 'map', type: 'json_map', config: { steps: [set] } };
  const { trial } = await tryIt({ flow: { ...flow, components: [read, map, write] }, messages: [{ payload: {} }] });
  expect(trial.messages[1]!.payload).toBe('{"token":"•••"}');
  expect(JSON.stringify(trial)).not.toContain('hunter22');
}, 60_000);

it('tells what is wrong with a draft, and tries the rest of it', async () => {
  const wrong = { ...warm, id: 'wrong', type: 'json_filtre' };
  const { status, trial } = await tryIt({
    flow: {
      ...flow,
      components: [read, warm, wrong, write],
      connections: [
        { from: 'read', to: 'warm' },
        { from: 'warm.out', to: 'wrong' },
        { from: 'warm.out', to: 'write' },
      ],
    },
    messages,
  });
  expect(status).toBe(200);
  expect(trial.findings).toContainEqual(
    expect.objectContaining({ code: 'unknown_type', component: 'wrong' }) as Finding,
  );
  expect(trial.components.map(({ id, state, in: came }) => [id, state, came])).toEqual([
    ['read', 'muted', 0],
    ['warm', 'tried', 2],
    ['wrong', 'broken', 1],
    ['write', 'muted', 1],
  ]);
}, 60_000);

it.each([
  ['no component', { flow: { ...flow, components: [] }, messages }, 422, /no flow that can be tried/],
  ['no flow', { flow: { components: 7 }, messages }, 422, /no flow that can be tried/],
  ['a component that is not there', { flow, at: { component: 'warmer' }, messages }, 422, /no component "warmer"/],
  [
    'a port that is not there',
    { flow, at: { component: 'warm', port: 'oben' }, messages },
    422,
    /no input port "oben": .* in$/,
  ],
  ['no message', { flow, messages: [] }, 400, /messages/],
  ['too many messages', { flow, messages: Array.from({ length: 101 }, () => ({ payload: 1 })) }, 400, /messages/],
  [
    'a message of two kinds',
    { flow, messages: [{ payload: 1, text: 'a' }] },
    400,
    /one of "payload", "text" and "base64"/,
  ],
  ['a message of none', { flow, messages: [{}] }, 400, /one of "payload", "text" and "base64"/],
  ['no base64', { flow, messages: [{ base64: '%' }] }, 400, /messages\[0\]\.base64/],
])('refuses %s', async (_, body, status, detail) => {
  const answer = await tryIt(body);
  expect([answer.status, answer.problem.detail]).toEqual([status, expect.stringMatching(detail)]);
});

it.each(['loops', 'grows'])(
  'ends a component that %s, names it, and goes on serving',
  async (type) => {
    const draft = { ...flow, components: [read, { id: 'mine', type }, write] };
    const { status, problem } = await tryIt({ flow: draft, messages });
    expect([status, problem.detail]).toEqual([409, expect.stringMatching(/^"mine" (did not end|crashed|needed)/)]);
    expect((await tryIt({ flow, messages })).status).toBe(200);
  },
  180_000,
);

it('takes two at once, and says when to come again', async () => {
  const draft = { ...flow, components: [read, { id: 'mine', type: 'loops' }, write] };
  const gone = new AbortController();
  const loop = (): Promise<unknown> =>
    fetch(`${server.url}/api/v1/flows/try`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ flow: draft, messages }),
      signal: gone.signal,
    }).catch(() => undefined);
  const both = [loop(), loop()];
  await expect.poll(async () => (await tryIt({ flow, messages })).status, { timeout: 30_000 }).toBe(429);
  expect((await tryIt({ flow, messages })).headers.get('retry-after')).toBe('2');
  // who asked is gone, and so are their trials
  gone.abort();
  await Promise.all(both);
  await expect.poll(async () => (await tryIt({ flow, messages })).status, { timeout: 30_000 }).toBe(200);
}, 120_000);
