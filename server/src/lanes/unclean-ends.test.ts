import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UncleanEnds } from './unclean-ends.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-unclean-'));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;
const dataDir = () => join(folder, String((folders += 1)));
const sentence = 'it was ended by SIGSEGV';
const hands = (sequence: number, index: number, stops = 1) => ({ 'a → b': { sequence, index, stops } });

it('counts ends in a row, over starts of the server', () => {
  const data = dataDir();
  for (const count of [1, 2, 3]) {
    const unclean = new UncleanEnds(data);
    unclean.add('a', { sentence, revision: 4, hands: {} });
    expect(new UncleanEnds(data).of('a')).toEqual({ count, sentence, revision: 4, hands: {} });
  }
  new UncleanEnds(data).clear('a');
  expect(new UncleanEnds(data).of('a')).toBeUndefined();
});

it.each([
  ['the same message', hands(5, 2), 2],
  ['a block whose message is found now', hands(5, 2), 2, hands(5, -1)],
  ['a later message of the block', hands(5, 3), 1],
  ['a later block', hands(6, -1), 1],
  ['a buffer that begins anew', hands(1, 0), 2],
])('begins anew with another message: %s', (_, next, count, first = hands(5, 2)) => {
  const unclean = new UncleanEnds(dataDir());
  unclean.add('a', { sentence, revision: 1, hands: first });
  expect(unclean.add('a', { sentence, revision: 1, hands: next }).count).toBe(count);
});

it('begins anew with another wish', () => {
  const unclean = new UncleanEnds(dataDir());
  unclean.add('a', { sentence, revision: 1, hands: {} });
  expect(unclean.add('a', { sentence, revision: 2, hands: {} }).count).toBe(1);
});

it('knows nothing where its file is damaged, and works where it cannot be written', () => {
  const data = dataDir();
  new UncleanEnds(data).add('a', { sentence, hands: {} });
  writeFileSync(join(data, 'lanes', 'unclean.json'), '{"a":{"count":"x"}}');
  expect(new UncleanEnds(data).of('a')).toBeUndefined();
  const unclean = new UncleanEnds('/dev/null');
  expect(unclean.add('a', { sentence, hands: {} }).count).toBe(1);
});
