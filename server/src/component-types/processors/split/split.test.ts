import { expect, it } from 'vitest';
import { splitter } from './split.ts';

it.each([
  ['the payload', { field: '', keep: false }, [1, [2]], [1, [2]]],
  ['an empty list', { field: '', keep: false }, [], []],
  ['a field', { field: 'a.list', keep: false }, { a: { list: [{ n: 1 }, 2] } }, [{ n: 1 }, 2]],
  [
    'with what is beside',
    { field: 'a.list', keep: true },
    { a: { list: [1, 2], b: 3 } },
    [{ a: { list: 1, b: 3 } }, { a: { list: 2, b: 3 } }],
  ],
  ['nothing', { field: 'list', keep: false }, { other: 1 }, undefined],
  ['no list', { field: '', keep: false }, { a: 1 }, undefined],
])('splits %s', (_, settings, payload, parts) => expect(splitter(settings)(payload)).toEqual(parts));

it('refuses what is no list, and parts that are too large together', () => {
  expect(() => splitter({ field: 'a', keep: false })({ a: 5 })).toThrow('the field "a" is no list');
  const payload = { text: 'x'.repeat(100_000), list: Array.from({ length: 1000 }, (_, n) => n) };
  expect(() => splitter({ field: 'list', keep: true })(payload)).toThrow(/1000 parts would take more than 16 MB/);
});
