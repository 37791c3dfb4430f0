import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeId, Id, idFrom, nearest, TypeId } from './words.ts';

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

describe('an id', () => {
  it.each(['a', '0', 'a-b_c', '9z', `a${'b'.repeat(62)}`])('may be %s', (id) =>
    expect(Id.safeParse(id).success).toBe(true),
  );

  it.each(['', '-a', '_a', 'A', 'a b', 'a.b', 'ä', ' a', 'a ', 'a\n', `a${'b'.repeat(63)}`])('may not be %j', (id) =>
    expect(Id.safeParse(id).error?.issues[0]?.message).toBe(
      'use a-z, 0-9, "_" and "-", starting with a letter or a digit, 63 at most',
    ),
  );

  it.each([
    ['json_filter', true],
    ['a', true],
    ['a1_', true],
    [`a${'b'.repeat(62)}`, true],
    [`a${'b'.repeat(63)}`, false],
    ['1a', false],
    ['_a', false],
    ['a-b', false],
    ['aB', false],
    ['', false],
    [' a', false],
  ])('of a type may be %j: %s', (id, isRight) => {
    const { error } = TypeId.safeParse(id);
    expect(error?.issues[0]?.message).toBe(isRight ? undefined : 'use a-z, 0-9 and "_", starting with a letter');
  });

  it.each([
    ['Drone telemetry!', 'drone-telemetry'],
    ['  --Größe   des Öltanks__ ', 'grosse-des-oltanks'],
    ['a_b', 'a_b'],
    ['Crème Brûlée', 'creme-brulee'],
    ['x'.repeat(70), 'x'.repeat(63)],
    ['!!!', 'flow'],
    ['', 'flow'],
  ])('of %j is %s', (text, id) => expect(idFrom(text)).toBe(id));

  it('falls back to what is said', () => expect(idFrom('?', 'component')).toBe('component'));

  it('is free with the first number that nobody has', () => {
    expect(freeId('a', new Set())).toBe('a');
    expect(freeId('a', new Set(['a']))).toBe('a-2');
    expect(freeId('a', new Set(['a', 'a-2', 'a-4']))).toBe('a-3');
    expect(freeId('a', new Set(['a-2']))).toBe('a');
    const longest = 'x'.repeat(63);
    expect(freeId(longest, new Set([longest]))).toBe(`${'x'.repeat(58)}-2`);
  });
});

/** Optimal string alignment distance, all of it worked out: what the bounded one is held against. */
const distanceOf = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const areSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(replaced, areSwapped ? rows[i - 2]![j - 2]! + 1 : Infinity, rows[i - 1]![j]! + 1, row[j - 1]! + 1),
      );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
};

it('the nearest word is the first of those with the fewest slips, a third of its letters and four at most', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 6 }), (given, known) => {
      const most = Math.min(Math.max(1, Math.floor(given.length / 3)), 4);
      const distances = known.map((candidate) => distanceOf(given, candidate));
      const least = Math.min(...distances);
      expect(nearest(given, known)).toBe(least <= most ? known[distances.indexOf(least)] : undefined);
    }),
    { numRuns: 3000, seed: 1 },
  );
});
