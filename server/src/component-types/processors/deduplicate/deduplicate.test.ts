import { describe, expect, it } from 'vitest';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { readJson } from '../../../engine/exact-number.ts';
import { Message } from '../../../engine/message.ts';
import { firstOfItsKind, keyReader } from './deduplicate.ts';

const message = (payload: unknown, time = 1) => new Message(payload, time, 'test.a.1', 1);

describe('what messages are told apart by', () => {
  it.each([
    [[], { a: 1 }, '{"a":1}'],
    [[], Buffer.from([1, 255]), '\u0001ÿ'],
    [['a'], { a: 1, b: 2 }, '[1]'],
    [['a', 'b.c'], { a: '1' }, '["1",null]'],
    [['a'], { a: null }, '[null]'],
    [['a'], { b: 1 }, undefined],
    [['a'], null, undefined],
    [['a'], readJson('{"a":9007199254740993}'), '[9007199254740993]'],
  ])('with the fields %j %j is %j', (fields, payload, key) => expect(keyReader(fields)(message(payload))).toBe(key));

  it('a long one is short, and still its own', () => {
    const key = keyReader([]);
    const [one, other] = [key(message('x'.repeat(10_000))), key(message('x'.repeat(10_001)))];
    expect(one!.length).toBeLessThan(40);
    expect(one).not.toBe(other);
  });
});

it.each([
  ['for ever', undefined, [true, false, false]],
  ['for ten milliseconds since it was passed on', 10, [true, false, true]],
])('it is remembered %s', (_, withinMs, expected) => {
  const isNew = firstOfItsKind(keyReader([]), new RecordedMap<number>({ most: 10 }), withinMs);
  expect([1000, 1009, 1010].map((time) => isNew(message('a', time)))).toEqual(expected);
});

it('the oldest is forgotten where there are too many', () => {
  const isNew = firstOfItsKind(keyReader([]), new RecordedMap<number>({ most: 2 }));
  expect(['a', 'b', 'a', 'c', 'a', 'c'].map((payload) => isNew(message(payload)))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
});
