import { describe, expect, it } from 'vitest';
import { jsonOf, parseJson, whyNoJson } from './json-text.ts';
import { limits } from './limits.ts';

const nested = (levels: number, open = '[', close = ']', inner = ''): string =>
  open.repeat(levels) + inner + close.repeat(levels);

describe('JSON from outside', () => {
  it.each([
    ['lists', nested(limits.levels)],
    ['objects', nested(limits.levels, '{"a":', '}', '1')],
    ['many lists that lie beside each other', `[${'[],'.repeat(5000)}[]]`],
    ['brackets in texts', JSON.stringify(nested(20_000))],
    ['brackets behind quotes in texts', JSON.stringify([`"\\"${nested(20_000)}`, '\\', nested(20_000)])],
    ['a long list of numbers', `[${'0.123456,'.repeat(1_000_000)}0]`],
  ])(
    'may hold %s',
    (_, text) => {
      // a million values are compared one by one only as text within a reasonable time
      const isSame = JSON.stringify(parseJson(text)) === JSON.stringify(JSON.parse(text));
      expect(isSame).toBe(true);
    },
    60_000,
  );

  it.each([
    ['lists', nested(limits.levels + 1)],
    ['objects', nested(limits.levels + 1, '{"a":', '}', '1')],
    ['both', nested(20_000, '[{"a":', '}]', '1')],
    ['lists behind many that are closed', `[${'[],'.repeat(5000)}${nested(100_000)}]`],
    ['lists behind texts with brackets', `["${']'.repeat(1000)}",${nested(limits.levels + 1)}]`],
    ['what does not end', '['.repeat(100_000)],
  ])('may not be nested deeper than it may: %s', (_, text) =>
    expect(() => parseJson(text)).toThrow(
      `it is nested deeper than the ${limits.levels} levels that a message may have`,
    ),
  );

  it.each([
    ['zeros', `[${'0,'.repeat(8_000_000)}0]`],
    ['empty lists', `[${'[],'.repeat(5_000_000)}[]]`],
    ['small objects', `[${'{"a":1},'.repeat(1_500_000)}{}]`],
  ])(
    'may not take much more memory than text: %s',
    (_, text) =>
      expect(() => parseJson(text)).toThrow(
        /^it holds so many values that it would take \d+ MB of memory; a message may take 64 MB$/,
      ),
    60_000,
  );

  it('says why it is none', () => expect(whyNoJson(new SyntaxError('x'), 'no json')).toBe('no JSON: "no json"'));
});

describe('a payload as JSON', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const deep = ((): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) value = [value];
    return value;
  })();

  it.each([[null], ['null'], [{ a: [null, 1e308, 'null'] }], [-0]])('is made of %j', (payload) =>
    expect(jsonOf(payload)).toBe(JSON.stringify(payload)),
  );

  it.each([
    ['infinity', { a: [null, { b: Infinity }] }, /that JSON cannot say: infinity, or none at all \(NaN\)$/],
    ['one below zero', -Infinity, /that JSON cannot say/],
    ['what is no number', [NaN], /that JSON cannot say/],
    ['nothing', undefined, /nothing that JSON can say/],
    ['a circle', circle, /^it cannot be written as JSON: Converting circular structure/],
    ['a BigInt', 1n, /^it cannot be written as JSON: /],
    ['100 000 levels', deep, /^it cannot be written as JSON: it is nested too deep$/],
  ])('is not made of %s', (_, payload, sentence) => expect(() => jsonOf(payload)).toThrow(sentence));
});
