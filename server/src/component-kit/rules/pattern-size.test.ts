import { expect, it } from 'vitest';
import { patternSize } from './pattern-size.ts';

it.each([
  ['abc', 3],
  ['^a+$', 4],
  ['\\d{4}-\\d{2}', 7],
  ['.{1000}', 1000],
  ['(ab){10}', 20],
  ['(.{30}){30}', 900],
  ['((a{0,10}){0,10}){0,10}', 1000],
  ['(a{2,}', 2],
  ['\\p{Greek}{3}', 60],
  ['\\pL\\PN', 40],
  ['[abc]{4}', 4],
  ['[]a]', 1],
  ['[\\]]', 1],
  ['{', 0],
  [')))', 0],
  ['x{', 1],
  ['\\', 1],
  ['[', 1],
])('%s has the size %d', (pattern, size) => expect(patternSize(pattern)).toBe(size));
