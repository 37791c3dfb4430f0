import { expect, it } from 'vitest';
import { draw } from './sample.mjs';

const change = (index) => ({
  id: String(index),
  fileName: 'a.ts',
  location: { start: { line: index, column: 0 }, end: { line: index, column: 9 } },
  mutatorName: 'BooleanLiteral',
  replacement: 'false',
});
const all = Array.from({ length: 1000 }, (_, index) => change(index));
const idsOf = (changes) => changes.map(({ id }) => Number(id)).sort((a, b) => a - b);

it('draws as many as were asked for, the same ones for one seed in whatever order they come, and others for another', () => {
  const drawn = idsOf(draw(all, { size: 100, seed: '1' }));
  expect(new Set(drawn).size).toBe(100);
  expect(idsOf(draw([...all].reverse(), { size: 100, seed: '1' }))).toEqual(drawn);
  expect(idsOf(draw(all, { size: 100, seed: '2' }))).not.toEqual(drawn);
  expect(draw(all, { size: 5000, seed: '1' })).toHaveLength(1000);
});

it('draws evenly', () => {
  const lower = draw(all, { size: 400, seed: '7' }).filter(({ id }) => Number(id) < 500).length;
  expect(lower).toBeGreaterThan(150);
  expect(lower).toBeLessThan(250);
});
