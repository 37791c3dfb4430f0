import { expect, it } from 'vitest';
import { nothingYet } from './card-live.tsx';

it.each([
  ['input', 0, 0, 'nothing came yet'],
  ['input', 3, 3, undefined],
  ['processor', 0, 0, undefined],
  ['processor', 120, 0, 'none of 120 came out'],
  ['processor', 5, 1, undefined],
  ['output', 5, 0, undefined],
  [undefined, 5, 0, undefined],
] as const)('of %s, %d in and %d out: %s', (category, in_total, out_total, text) =>
  expect(nothingYet(category, { state: 'running', sentence: '', in_total, out_total })).toBe(text),
);

it('leaves the word to a component that has something to say', () => {
  const silent = { in_total: 0, out_total: 0 };
  expect(nothingYet('input', { ...silent, state: 'running', sentence: 'Read to the end: 0 records' })).toBeUndefined();
  expect(nothingYet('processor', { ...silent, in_total: 5, state: 'waiting', sentence: 'x' })).toBeUndefined();
});
