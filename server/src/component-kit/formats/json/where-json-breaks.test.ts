import { expect, it } from 'vitest';
import { whereJsonBreaks } from './where-json-breaks.ts';

it.each<[string, number, string]>([
  ['', 0, 'it ends where a value is expected'],
  ['[1] 2', 4, '"2" stands where the end is expected'],
  ['[1]]', 3, '"]" stands where the end is expected'],
  ['{} {', 3, '"{" stands where the end is expected'],
  ['{"a":{"b":[1,{}]},"c":nul}', 22, '"nul" stands where a value is expected'],
  ['{"a":1]', 6, '"]" stands where "," or "}" is expected'],
  ['[1}', 2, '"}" stands where "," or "]" is expected'],
  ['[1,]', 3, '"]" stands where a value is expected'],
  ['{"a" 1}', 5, '"1" stands where ":" is expected'],
  ['{"a b":[" "', 11, 'it ends where "," or "]" is expected'],
  ['{"a":1,}', 7, '"}" stands where a name is expected'],
  ['{"a":"x\ty"}', 7, 'a line end, a tab or the like stands in a text as it is'],
])('%j breaks at %d: %s', (text, at, why) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(whereJsonBreaks(text)).toEqual({ at, why });
});
