import { expect, it } from 'vitest';
import { checkEntry, checkMessage, isRestorable, restorableStream } from './restorable.ts';

const flow = { id: 'a', name: 'A', components: [{ id: 'in', type: 'simulator_input' }] };
const deployment = { flow: 'a', version: 1, desired: 'running', changed_at: '2026-01-01T00:00:00.000Z' };
const version = { version: 1, deployed_at: '2026-01-01T00:00:00.000Z', flow };
const nested = `${'['.repeat(1000)}${']'.repeat(1000)}`;

it.each([
  ['semstreams_flows', 'a', flow],
  ['semstreams_versions', 'a.1', version],
  ['semstreams_deployments', 'a', deployment],
])('an entry of %s is taken as it is', (bucket, key, value) =>
  expect(() => checkEntry(bucket, { key, value: Buffer.from(JSON.stringify(value)) })).not.toThrow(),
);

it.each<[string, string, string, string]>([
  ['ORDERS', 'a', '{}', 'it holds the bucket "ORDERS", which no backup has'],
  ['semstreams_system', 'data_version', '9', 'which no backup has'],
  ['semstreams_flows', 'b', JSON.stringify(flow), 'it is of "a"'],
  ['semstreams_flows', 'a', '{', 'it is no JSON'],
  ['semstreams_flows', 'a', JSON.stringify({ ...flow, componets: 1 }), 'componets: "componets" is not known here'],
  ['semstreams_flows', 'a', `{"components": ${nested}}`, 'lie within each other more than 502 times'],
  ['semstreams_versions', 'a.2', JSON.stringify(version), 'it is of "a.1"'],
  ['semstreams_deployments', 'a', JSON.stringify({ ...deployment, desired: 'maybe' }), 'desired: "maybe" is not one'],
  ['semstreams_deployments', '$JS.API', JSON.stringify(deployment), 'it is of "a"'],
])('an entry of %s under %s is refused: %s', (bucket, key, value, why) =>
  expect(() => checkEntry(bucket, { key, value: Buffer.from(value) })).toThrow(why),
);

const buffer = {
  name: 'semstreams_buffer:a:in:out:out:in',
  config: { subjects: ['semstreams.buffer.a.in.out.out.in'], max_bytes: 1000, max_age: 5, discard: 'new' },
};
const letters = {
  name: 'semstreams_dead_letters:a',
  config: { subjects: ['semstreams.dead_letters.a.>'], max_bytes: 1000, max_msgs: 9 },
};
const withSubject = (subject: string) => ({ ...buffer, config: { ...buffer.config, subjects: [subject] } });

it('a stream of ours is made with the limits that it had, and with nothing else of what the backup says', () => {
  const more = { mirror: { name: 'ORDERS' }, sources: [{ name: 'ORDERS' }], republish: { src: '>', dest: 'x.>' } };
  const head = { ...buffer, config: { ...buffer.config, ...more }, consumers: [1] };
  expect(restorableStream(head).config).toEqual({
    name: buffer.name,
    subjects: buffer.config.subjects,
    discard: 'new',
    max_bytes: 1000,
    max_age: 5,
    max_msgs: -1,
    duplicate_window: 120_000_000_000,
    num_replicas: 1,
    retention: 'limits',
    storage: 'file',
  });
});

it.each([
  ['a buffer goes on behind the numbers that it had', { ...buffer, last: 12 }, 12],
  ['a buffer of an older backup goes on behind those that are there', buffer, 0],
  ['the numbers of dead letters begin anew', { ...letters, last: 12 }, undefined],
])('%s', (_, head, after) => expect(restorableStream(head).after).toBe(after));

it.each<[string, unknown]>([
  ['of another application', { ...buffer, name: 'ORDERS' }],
  ['that is a bucket', { ...buffer, name: 'KV_semstreams_versions' }],
  ['of a bucket’s subjects', withSubject('$KV.semstreams_versions.>')],
  ['of the API', withSubject('$JS.API.>')],
  ['of everything', withSubject('>')],
  ['of all buffers', withSubject('semstreams.buffer.>')],
  ['of another buffer', withSubject('semstreams.buffer.b.in.out.out.in')],
  ['of another flow’s letters', { ...letters, name: 'semstreams_dead_letters:b' }],
  ['of all letters', { ...letters, config: { ...letters.config, subjects: ['semstreams.dead_letters.>'] } }],
  ['of two subjects', { ...buffer, config: { ...buffer.config, subjects: [...buffer.config.subjects, 'orders.>'] } }],
  ['of numbers beyond all', { ...buffer, last: 2 ** 52 }],
  ['of negative numbers', { ...buffer, last: -1 }],
  ['of no size', { ...buffer, config: { ...buffer.config, max_bytes: 'much' } }],
  ['without a shape', 5],
])('a stream %s is refused', (_, head) => {
  expect(() => restorableStream(head)).toThrow('it holds');
});

it('a buffer without a bound of its own is taken, too', () => {
  const head = { ...buffer, config: { subjects: buffer.config.subjects } };
  expect(restorableStream(head).config).toMatchObject({ max_bytes: -1, discard: 'old', max_age: 0 });
});

it.each([
  [buffer.name, true],
  [letters.name, true],
  ['ORDERS', false],
  ['KV_semstreams_flows', false],
  ['semstreams_of_somebody_else', false],
])('backups are made of %s: %s', (name, expected) => expect(isRestorable({ name })).toBe(expected));

const message = (subject: string, headers = {}) => ({ subject, time: '', headers, data: Buffer.alloc(0) });

it.each([
  [buffer, message('semstreams.buffer.a.in.out.out.in', { 'Nats-Msg-Id': ['1'] })],
  [letters, message('semstreams.dead_letters.a.in.12', { reason: ['x'] })],
  [letters, message('semstreams.dead_letters.a.removed.1.2')],
])('a message of %j is taken', (head, given) =>
  expect(() => checkMessage(restorableStream(head), given)).not.toThrow(),
);

it.each([
  [buffer, message('$JS.API.STREAM.DELETE.ORDERS')],
  [buffer, message('semstreams.buffer.a.in.out.out.other')],
  [buffer, message('semstreams.buffer.a.in.out.out.in', { 'Nats-Rollup': ['all'] })],
  [buffer, message('semstreams.buffer.a.in.out.out.in', { 'nats-expected-stream': ['ORDERS'] })],
  [buffer, message('semstreams.buffer.a.in.out.out.in', { 'a\r\nb': ['x'] })],
  [letters, message('semstreams.dead_letters.b.in.1')],
  [letters, message('semstreams.dead_letters.a.>')],
  [letters, message('semstreams.dead_letters.a.')],
])('into %j no message goes like %j', (head, given) =>
  expect(() => checkMessage(restorableStream(head), given)).toThrow('it holds a message'),
);
