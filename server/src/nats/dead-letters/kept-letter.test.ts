import { describe, expect, it } from 'vitest';
import {
  blocksOf,
  encodeLetters,
  idOf,
  type KeptLetter,
  letterIn,
  type LetterBlock,
  readLetters,
} from './kept-letter.ts';
import { shownLetter } from './shown-letter.ts';

const letter = (n: number, more: Partial<KeptLetter> = {}): KeptLetter => ({
  component: 'tidy',
  port: 'in',
  reason: 'it is no number',
  failed_at: '2026-01-01T00:00:00.000Z',
  message_id: `a-${n}`,
  message_time: '2026-01-01T00:00:00.000Z',
  kind: 'json',
  payload: String(n),
  ...more,
});
const letters = (count: number, more?: Partial<KeptLetter>) => Array.from({ length: count }, (_, n) => letter(n, more));
const sizes = (blocks: readonly LetterBlock[]) => blocks.map(({ length }) => length);

describe('blocks of dead letters', () => {
  it('hold many of one port, in order', () => {
    const blocks = blocksOf([letter(1), letter(2, { component: 'map' }), letter(3), letter(4, { port: 'other' })]);
    expect(blocks.map((block) => block.map(({ payload }) => payload))).toEqual([['1', '3'], ['2'], ['4']]);
  });

  it.each<[string, KeptLetter[], number[]]>([
    ['none', [], []],
    ['as many as fit by number', letters(2001), [1000, 1000, 1]],
    ['as many as fit by length', letters(5, { payload: 'x'.repeat(100 * 1024) }), [2, 2, 1]],
    ['one that is longer than a block', letters(2, { payload: 'x'.repeat(300 * 1024) }), [1, 1]],
  ])('%s', (_, given, expected) => expect(sizes(blocksOf(given))).toEqual(expected));

  it('cut what is too long, and say so', () => {
    const [[first] = []] = blocksOf([letter(1, { payload: 'x'.repeat(300 * 1024) })]);
    expect([first?.kind, first?.payload.length]).toEqual(['cut', 256 * 1024]);
  });

  it.each([
    ['of three bytes', '水'],
    ['that JSON escapes', '\u0001'],
  ])('fit into a message of NATS, also with characters %s', (_, character) => {
    const given = letters(20, { payload: character.repeat(250 * 1024), reason: character.repeat(100_000) });
    const bytes = blocksOf(given).map((block) => Buffer.byteLength(encodeLetters(block, 1)));
    expect(Math.max(...bytes)).toBeLessThan(1_000_000);
  });

  it('are read as they were written, by number', () => {
    const [block] = blocksOf([letter(1), letter(2, { payload: '"two\\nlines"' })]);
    const read = readLetters(encodeLetters(block!, 17), 5);
    expect([17, 18, 19, 16].map((number) => letterIn(read, number))).toEqual([...block!, undefined, undefined]);
  });

  it('are read where a letter was kept alone and without a number', () => {
    const read = readLetters(JSON.stringify(letter(1)), 5);
    expect([5, 6].map((number) => letterIn(read, number))).toEqual([letter(1), undefined]);
  });

  it('have one id for the same messages at the same place, and none where one was no message', () => {
    const [block, again, fewer, elsewhere] = [
      blocksOf([letter(1), letter(2)]),
      blocksOf([letter(1, { failed_at: '2026-02-02T00:00:00.000Z' }), letter(2)]),
      blocksOf([letter(1)]),
      blocksOf([letter(1, { port: 'other' }), letter(2, { port: 'other' })]),
    ].map((blocks) => idOf(blocks[0]!));
    expect(again).toBe(block);
    expect(new Set([block, fewer, elsewhere]).size).toBe(3);
    const { message_id: _, ...raw } = letter(1);
    expect(idOf([letter(1), raw])).toBeUndefined();
  });
});

it.each([
  ['{"id":1}', { id: 1 }],
  ['{"id":12345678901234567890}', '{"id":12345678901234567890}'],
  ['{"id":"12345678901234567890"}', { id: '12345678901234567890' }],
  [`${'['.repeat(101)}${']'.repeat(101)}`, `${'['.repeat(101)}${']'.repeat(101)}`],
])('people see a payload as it is, as text where reading it would change it: %s', (payload, expected) => {
  const [block] = blocksOf([letter(1, { payload })]);
  expect(shownLetter(readLetters(encodeLetters(block!, 1), 1), 1).payload).toEqual(expected);
});
