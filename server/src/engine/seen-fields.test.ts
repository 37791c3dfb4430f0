import fc from 'fast-check';
import { mostSeenFields } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { readJson } from './exact-number.ts';
import { messageReader } from './header-path.ts';
import { Message } from './message.ts';
import { fieldsOf, SeenFields } from './seen-fields.ts';

const message = (payload: unknown, headers: Readonly<Record<string, string>> = {}): Message =>
  new Message(payload, 0, 'a', 1, headers);
const seenIn = (...messages: readonly Message[]) => {
  const fields = new SeenFields();
  for (const each of messages) fields.add(fieldsOf(each, (text) => text.replaceAll('hunter22', '…')));
  return fields;
};

it('knows names, types, how often and some values', () => {
  const given = [
    message({ a: 1, 'pm2.5': 'x', deep: { b: [{ c: true }] } }, { topic: 't' }),
    message({ a: null, deep: { b: [] } }),
    message(readJson('{"a":9007199254740993,"s":"hunter22"}')),
    message(Buffer.from('raw')),
    message('text'),
  ];
  expect(seenIn(...given).tell()).toEqual([
    { path: 'a', types: ['number', 'empty'], count: 3, values: ['9007199254740993', 'null', '1'] },
    { path: '["pm2.5"]', types: ['text'], count: 1, values: ['x'] },
    { path: 'deep', types: ['object'], count: 2, values: [] },
    { path: 'deep.b', types: ['list'], count: 2, values: [] },
    { path: 'deep.b[0]', types: ['object'], count: 1, values: [] },
    { path: 'deep.b[0].c', types: ['yes_no'], count: 1, values: ['true'] },
    { path: '@header.topic', types: ['text'], count: 1, values: ['t'] },
    { path: 's', types: ['text'], count: 1, values: ['…'] },
  ]);
});

it('hides a secret that is a name, too', () =>
  expect(seenIn(message({ hunter22: { a: 1 } })).tell()[1]!.path).toBe('….a'));

it('is bounded in names, depth and length, and says what it left out', () => {
  const many = seenIn(message(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`n${n}`, 'x'.repeat(5000)]))));
  expect([many.tell().length, many.isCut, many.tell()[0]!.values[0]!.length]).toEqual([mostSeenFields, true, 60]);
  let [deep, lists]: unknown[] = [1, 1];
  for (let n = 0; n < 4000; n += 1) [deep, lists] = [n % 2 ? { a: deep } : [deep], [lists]];
  for (const each of [deep, { lists }]) {
    const fields = seenIn(message(each));
    expect([fields.isCut, fields.tell().length]).toEqual([true, 6]);
  }
  expect(seenIn(message({ a: { a: { a: { a: { a: { a: { a: 1 } } } } } } })).isCut).toBe(true);
  expect(seenIn(message({ ['x'.repeat(300)]: 1 })).tell()).toEqual([]);
});

it('writes names as settings read them, whatever they are', () => {
  const name = fc.string().filter((text) => !['__proto__', 'constructor', 'prototype'].includes(text));
  fc.assert(
    fc.property(name, name, fc.integer(), (outer, inner, value) => {
      const given = message({ [outer]: { [inner]: value } }, { [outer]: 'h' });
      for (const { path, types } of seenIn(given).tell()) {
        const found = messageReader(path)(given);
        expect(found).toEqual(types[0] === 'number' ? value : path.startsWith('@header') ? 'h' : { [inner]: value });
      }
    }),
  );
});
