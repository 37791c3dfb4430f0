import { expect, it } from 'vitest';
import { filterProblem, isMeant, nameProblem, overlap, subjectProblem } from './subject.ts';

it.each([
  ['a.b', undefined, undefined],
  ['a.*.c', undefined, 'wildcards'],
  ['a.>', undefined, 'wildcards'],
  ['>', undefined, 'wildcards'],
  ['>.a', 'comes last', 'wildcards'],
  ['a*.b', 'stand alone', 'wildcards'],
  ['a b', 'no blanks', 'no blanks'],
  ['a\u0000', 'no control characters', 'no control characters'],
  ['a..b', 'both sides of each dot', 'both sides of each dot'],
  ['.a', 'both sides of each dot', 'both sides of each dot'],
  ['', 'write a subject', 'write a subject'],
  ['semstreams.buffer.x', 'what this product keeps', 'what this product keeps'],
  ['$JS.API.STREAM.DELETE.S', 'what this product keeps', 'what this product keeps'],
  ['$KV.semstreams_flows.a', 'what this product keeps', 'what this product keeps'],
  ['$KV.mine.a', undefined, undefined],
  ['semstreams2.a', undefined, undefined],
])('"%s" to subscribe to: %s; to publish to: %s', (text, subscribing, publishing) => {
  const says = (said: string | undefined, words: string | undefined): void =>
    words === undefined ? expect(said).toBeUndefined() : expect(said).toContain(words);
  says(filterProblem(text), subscribing);
  says(subjectProblem(text), publishing);
});

it.each([
  ['a.b', ['>'], true],
  ['$SYS.ACCOUNT.x', ['>'], false],
  ['_INBOX.x', ['*.x'], false],
  ['$KV.mine.a', ['$KV.mine.>'], true],
  ['$KV.semstreams_flows.a', ['$KV.>'], false],
  ['semstreams.buffer.x', ['>'], false],
] as const)('"%s" by %j comes in: %s', (subject, filters, expected) =>
  expect(isMeant(subject, filters)).toBe(expected),
);

it.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['a.*', 'a.b', true],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['*.b', 'a.*', true],
  ['*.b', 'a.c', false],
  ['a.b', 'a.b.c', false],
  ['>', 'x.y', true],
])('"%s" and "%s" have something in common: %s', (one, other, expected) => {
  expect([overlap(one, other), overlap(other, one)]).toEqual([expected, expected]);
});

it.each(['KV_semstreams_flows', 'semstreams_buffer:f:a:out:b:in', 'a.b', 'a b', 'a*', 'a/b'])(
  'no stream of a flow is called "%s"',
  (name) => expect(nameProblem(name)).toBeDefined(),
);
