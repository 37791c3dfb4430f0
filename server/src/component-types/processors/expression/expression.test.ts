import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { stage } from '../../../component-kit/testing/stage.ts';
import type { Io } from '../../../engine/component.ts';
import { readJson } from '../../../engine/exact-number.ts';
import { Message } from '../../../engine/message.ts';
import { expression } from './expression.component.ts';
import { syntaxProblem } from './syntax.ts';

const done = async (config: object, payloads: readonly unknown[]) => {
  const tested = stage(expression, config, { dataDir: tmpdir() });
  await tested.open();
  await tested.feed(payloads);
  await tested.close(new AbortController().signal);
  expect(tested.failures).toEqual([]);
  return { out: tested.arrived['out'], invalid: tested.invalid, rejected: tested.totals().dropped['rejected'] ?? 0 };
};

it.each<[string, object, readonly unknown[], readonly unknown[], number]>([
  ['the result as payload', { expression: 'a + 1' }, [{ a: 1 }], [2], 0],
  ['the result in a field', { expression: 'a + 1', into: 'b.c' }, [{ a: 1 }], [{ a: 1, b: { c: 2 } }], 0],
  ['nothing for nothing', { expression: 'a' }, [{ a: null }, {}, { a: 0 }], [0], 2],
  ['the message for nothing', { expression: 'a', nothing: 'pass' }, [{ b: 1 }], [{ b: 1 }], 0],
  ['a list as one', { expression: 'a.b' }, [{ a: [{ b: 1 }, { b: 2 }] }], [[1, 2]], 0],
  ['each of a list', { expression: 'a.b', each: true }, [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 3 } }], [1, 2, 3], 0],
  [
    'each beside the others',
    { expression: 'a', each: true, into: 'a' },
    [{ a: [1, 2], k: 0 }],
    [
      { a: 1, k: 0 },
      { a: 2, k: 0 },
    ],
    0,
  ],
  ['false and empty texts', { expression: '[a, b]', each: true }, [{ a: false, b: '' }], [false, ''], 0],
  [
    'what is sorted and counted',
    { expression: '$sort(l, function($x, $y) { $x > $y }) ~> $join("-")' },
    [{ l: ['b', 'a'] }],
    ['a-b'],
    0,
  ],
  ['what a pattern finds', { expression: '$match(t, /[0-9]+/).match' }, [{ t: 'a12b3' }], [['12', '3']], 0],
])('gives %s', async (_, config, payloads, out, rejected) =>
  expect(await done(config, payloads)).toEqual({ out, invalid: [], rejected }),
);

it.each<[string, string, RegExp]>([
  ['adds a text', 'a + "x"', /^character \d+: .*must evaluate to a number/],
  ['calls what is not there', '$nope(a)', /^character \d+: Attempted to invoke a non-function/],
  ['gives a function', 'function($x) { $x }', /^it gives a function: call it, or give a value$/],
  ['never ends', '($f := function($x) { $f($x + 1) }; $f(0))', /it takes longer than the 100 ms/],
  [
    'calls itself',
    '($f := function($x) { 1 + $f($x) }; $f(0))',
    /it takes longer than|it calls itself too often|Stack overflow|more than the 32 MB/,
  ],
  [
    'never ends in a pattern',
    '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", /(a+)+$/)',
    /it takes longer than the 100 ms/,
  ],
  ['compares all with all', '$count($distinct([1..100000]))', /it takes longer than|more than the 32 MB/],
  ['pads', '$pad("x", 100000000)', /it takes (longer|more) than/],
  [
    'doubles a text',
    '$reduce([1..40], function($a, $b) { $a & $a }, "xxxxxxxxxx")',
    /it takes (longer|more) than|string|memory/,
  ],
  ['counts far', '[1..9999999]', /it takes (longer|more) than/],
  [
    'evaluates what never ends',
    '$eval("($f := function($x) { $f($x) }; $f(0))")',
    /it takes longer than the 100 ms|interrupted/,
  ],
])('one that %s costs its message, and the next one works', async (_, hostile, sentence) => {
  const { out, invalid } = await done({ expression: `a = "good" ? "good" : (${hostile})` }, [{ a: 1 }, { a: 'good' }]);
  expect(invalid).toHaveLength(1);
  expect(invalid[0]).toMatch(sentence);
  expect(out).toEqual(['good']);
});

it('reaches nothing but the data', async () => {
  const names = [
    '$.constructor',
    'o.__proto__',
    't.constructor',
    '$lookup(o, "constructor")',
    'o.toString',
    '$sum.constructor',
  ];
  const payload = { o: {}, t: 'x' };
  expect(await done({ expression: `[${names.map((name) => `$exists(${name})`).join(', ')}]` }, [payload])).toEqual({
    out: [names.map(() => false)],
    invalid: [],
    rejected: 0,
  });
  await done({ expression: '$ ~> |$|{"__proto__": {"polluted": true}}|' }, [payload]);
  await done({ expression: '$merge([{"__proto__": {"polluted": true}}])', into: 'x' }, [payload]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('with headers and numbers that no double holds', () => {
  const outOf = async (config: object, text: string): Promise<string[]> => {
    const component = expression.create({
      config: expression.config.parse(config),
      io: {} as Io,
      emit: async () => undefined,
    }) as unknown as { open(): Promise<void>; close(): void; in(message: Message): { out: Message[] } };
    await component.open();
    try {
      const made = await component.in(new Message(readJson(text), 1, 'test.a.1', 1, { topic: 'ships/7' }));
      return made.out.map(({ json }) => json);
    } finally {
      component.close();
    }
  };

  it('reaches the headers as a variable', async () =>
    expect(await outOf({ expression: '$headers.topic & "/" & a' }, '{"a":"x"}')).toEqual(['"ships/7/x"']));

  it('hands such numbers on digit for digit', async () =>
    expect(
      await outOf({ expression: '{ "number": id, "all": $ }' }, '{"id":9007199254740993,"d":0.12345678901234567891}'),
    ).toEqual(['{"number":9007199254740993,"all":{"id":9007199254740993,"d":0.12345678901234567891}}']));

  it.each(['id + 1', 'id > 5', '$sum([id])', '$round(id)'])('refuses to reckon with them: %s', async (text) => {
    await expect(outOf({ expression: text }, '{"id":9007199254740993}')).rejects.toThrow();
  });
});

it.each([
  ['a +', /^character 3: Unexpected end of expression/],
  ['a.b[', /^character 4: Expected "]" before end of expression/],
  ['a "b"', /^character \d: /],
  [`${'('.repeat(4000)}1${')'.repeat(4000)}`, /nested too deep|^$/],
  ['$sum(a.b)', undefined],
])('of %j it is said that %s', (text, problem) => {
  const said = syntaxProblem(text);
  if (problem === undefined) expect(said).toBeUndefined();
  else expect(said ?? '').toMatch(problem);
});
