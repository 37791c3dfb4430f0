import { describe, expect, it } from 'vitest';
import { readJson } from '../../engine/exact-number.ts';
import { Message } from '../../engine/message.ts';
import { groupReader, keyReader } from './key-reader.ts';

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
  [[], { a: 1 }, ''],
  [['a'], { a: 1 }, '[1]'],
  [['a'], { b: 1 }, ''],
])('by the fields %j the group of %j is %j', (fields, payload, group) =>
  expect(groupReader(fields)(message(payload))).toBe(group),
);
