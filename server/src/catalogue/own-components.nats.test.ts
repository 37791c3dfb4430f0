import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Health, System } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-own-'));
let server: RunningServer;

/** A file with a component type; `more` is written into its definition. */
const typed = (type: string, more = ''): string => `
export default ({ defineComponent, input, output, z }) => defineComponent({
  type: '${type}', category: 'processor', title: 'T', summary: 'S', icon: 'x',
  ports: { in: input('json'), out: output('json') },
  config: z.strictObject({}),
  examples: [],
  create: () => ({ in: (message) => ({ out: message }) }),
  ${more}
});`;

const broken: Readonly<Record<string, readonly [text: string, sentence: string]>> = {
  'date.mjs': [typed('own_date', 'config: z.strictObject({ at: z.coerce.date() }),'), 'cannot be shown as a form'],
  'custom.mjs': [typed('own_custom', 'config: z.strictObject({ at: z.custom() }),'), 'cannot be shown as a form'],
  'map.mjs': [typed('own_map', 'config: z.map(z.string(), z.string()),'), 'cannot be shown as a form'],
  'throws.mjs': ["throw new Error('no day');", 'no day'],
  'throws-late.mjs': ["export default () => { throw new Error('no night'); };", 'no night'],
  'throws-text.mjs': ["throw 'just a text';", 'just a text'],
  'getter.mjs': [typed('own_getter', "get drops() { throw new Error('no drops'); },"), 'no drops'],
  'icon.mjs': [typed('own_icon', "icon: '<svg>',"), 'the name of a lucide icon'],
  'ports.mjs': [typed('own_ports', 'ports: { in: 5 },'), 'wrong "ports.in"'],
  'example.mjs': [typed('own_example', "examples: [{ title: 'a' }],"), 'wrong "examples.0.config"'],
  'bigint.mjs': [typed('own_bigint', "examples: [{ title: 'a', config: { n: 5n } }],"), 'BigInt'],
  'long.mjs': [typed('own_long', "summary: 'x'.repeat(1_000_000),"), 'characters, and may have'],
  'known.mjs': [typed('json_filter'), 'there is a component type "json_filter" already'],
  'second.mjs': [typed('own_right'), 'there is a component type "own_right" already'],
  'syntax.mjs': ['export default (', 'Unexpected'],
  'nothing.mjs': ['export const a = 1;', 'its default export is no function'],
  'exits.mjs': ['process.exit(0);', 'it ends before it has given a component type'],
  'aborts.mjs': ['process.abort();', 'it crashes (SIGABRT)'],
  'crashes.mjs': ["process.kill(process.pid, 'SIGSEGV');", 'it crashes (SIGSEGV)'],
  'waits.mjs': ['await new Promise(() => undefined);', 'it ends before it has given a component type'],
  'sleeps.mjs': ['await new Promise((done) => setTimeout(done, 1e9));', 'it has not loaded within 5 s of work'],
  'loops.mjs': ['for (;;);', 'it has not loaded within 5 s of work'],
  'loops-late.mjs': ['export default () => { for (;;); };', 'it has not loaded within 5 s of work'],
  'grows.mjs': ['const all = []; for (;;) all.push(new Array(100_000).fill(all.length));', 'memory'],
};

beforeAll(async () => {
  writeFileSync(join(folder, 'right.mjs'), typed('own_right'));
  writeFileSync(
    join(folder, 'a-transform.mjs'),
    typed('own_transform', 'config: z.strictObject({ a: z.string().transform(Number).default("1") }),'),
  );
  writeFileSync(
    join(folder, 'a-refined.mjs'),
    typed(
      'own_refined',
      'config: z.strictObject({ a: z.number().optional() }).refine(() => { throw new Error("no config"); }),',
    ),
  );
  for (const [name, [text]] of Object.entries(broken)) writeFileSync(join(folder, name), text);
  server = await startServer({ SEMSTREAMS_COMPONENTS_DIR: folder });
}, 400_000);
afterAll(async () => {
  await server.end();
  rmSync(server.dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

it('the catalogue has what can be used, and nothing of the rest', async () => {
  const { status, body } = await server.call('GET', '/api/v1/component-types');
  const types = (body as { items: { type: string }[] }).items.map(({ type }) => type);
  expect([status, types.filter((type) => type.startsWith('own_'))]).toEqual([
    200,
    ['own_refined', 'own_right', 'own_transform'],
  ]);
  expect((await server.call('GET', '/api/v1/component-types/own_date')).status).toBe(404);
});

it.each(Object.entries(broken))('%s is left aside, and it is said why', async (name, [, sentence]) => {
  const { body } = await server.call('GET', '/api/v1/system');
  const told = (body as System).troubles.filter(({ source }) => source.endsWith(`/${name}`));
  expect(told.map((each) => each.sentence)).toEqual([expect.stringContaining(sentence)]);
});

it('health and the log name what is left aside', async () => {
  const { body } = await server.call('GET', '/health');
  expect((body as Health).sentences.join()).toContain('/date.mjs');
  expect(server.output()).toContain('/date.mjs');
});

it('a type that breaks while it looks at settings is a finding', async () => {
  const { status, body } = await server.call('POST', '/api/v1/flows/validate', {
    components: [{ id: 'a', type: 'own_refined' }],
  });
  expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('cannot be checked: no config')]);
});
