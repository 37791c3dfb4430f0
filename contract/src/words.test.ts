import { expect, it } from 'vitest';
import { nearest } from './words.ts';

it.each([
  ['componets', ['components', 'connections'], 'components'],
  ['gtt', ['gt', 'lt'], 'gt'],
  ['nmae', ['name', 'id'], 'name'],
  ['OPERATOR', ['operator'], 'operator'],
  ['something', ['components'], undefined],
  ['xxxxxxxxxxxx-temperature', ['temperature'], undefined],
  ['webscoket_ouptut', ['websocket_input', 'websocket_output'], 'websocket_output'],
  ['b', ['abc', 'bb', 'a'], 'bb'],
  ['x'.repeat(65), ['x'.repeat(65)], undefined],
  ['', ['a'], 'a'],
])('the word nearest to %s among %j is %s', (word, known, expected) => expect(nearest(word, known)).toBe(expected));

it('looks at many words of which none is near without working each of them out', () => {
  const start = Date.now();
  const words = Array.from({ length: 20_000 }, (_, index) => `${'ab'.repeat(27)}-${index}`);
  expect(nearest('ab'.repeat(30), words)).toBeUndefined();
  expect(Date.now() - start).toBeLessThan(5000);
});
