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
