import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { stage } from '../../../component-kit/testing/stage.ts';
import type { Io } from '../../../engine/component.ts';
import { readJson } from '../../../engine/exact-number.ts';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { MemoryLog } from '../../../engine/memory-log.ts';
import { Message } from '../../../engine/message.ts';
import { fewLines } from './few-lines.ts';
import { script } from './script.component.ts';
import { syntaxProblem } from './syntax.ts';

const dataDir = tmpdir();

/** What becomes of payloads, with what is said of those that cannot. */
const done = async (code: string, payloads: readonly unknown[], settings: object = {}, state?: MemoryLog) => {
  const tested = stage(script, { code, ...settings }, { dataDir, ...(state && { state }) });
  await tested.open();
  await tested.feed(payloads);
  await tested.close(new AbortController().signal);
  expect(tested.failures).toEqual([]);
  return { out: tested.arrived['out'], invalid: tested.invalid, rejected: tested.totals().dropped['rejected'] ?? 0 };
};
const body = (text: string): string => `function process(message) {\n${text}\n}`;

it.each<[string, string, readonly unknown[], readonly unknown[]]>([
  ['the message', body('return message;'), [1, 'x', null, [1], { a: 1 }], [1, 'x', null, [1], { a: 1 }]],
  ['a changed one', body('message.payload.b = message.payload.a * 2; return message;'), [{ a: 2 }], [{ a: 2, b: 4 }]],
  ['several', body('return [1, 2].map((payload) => ({ payload }));'), [0], [1, 2]],
  ['none', body('if (message.payload > 1) return message;'), [1, 2], [2]],
  ['what it promises', 'async function process(message) { await null; return message; }', [1, 2], [1, 2]],
  ['null for what JSON does not know', body('return { payload: undefined };'), [1], [null]],
])('a script gives %s', async (_, code, payloads, out) =>
  expect(await done(code, payloads)).toEqual({
    out,
    invalid: [],
    rejected: payloads.length === 2 && out[0] === 2 ? 1 : 0,
  }),
);

it.each<[string, string, string]>([
  ['throws', '  throw new Error("too hot");', 'line 3, column 18: too hot'],
  ['throws a text', '  throw "too hot";', 'too hot'],
  [
    'throws what cannot be told',
    '  throw { get message() { throw 1; } };',
    'something was thrown that says nothing of itself',
  ],
  [
    'asks for a field of nothing',
    '\n  return message.payload.x.y;',
    "line 4, column 27: cannot read property 'y' of undefined",
  ],
  [
    'returns something else',
    '  return 5;',
    'process returned something without a payload: return the message, or { payload: ... }',
  ],
  [
    'writes beside the payload',
    '  message.warm = true; return message;',
    '"warm" would be lost: the fields of a message are in its payload, write message.payload.warm',
  ],
  ['returns a circle', '  message.payload = message; return message;', 'circular reference'],
  ['never ends', '  for (;;) {}', 'it takes longer than the 100 ms that it may'],
  [
    'never ends in a pattern',
    '  return /(a+)+$/.test("a".repeat(40) + "b");',
    'it takes longer than the 100 ms that it may',
  ],
  [
    'never ends in promises',
    '  const again = () => Promise.resolve().then(again); return again();',
    'it takes longer than the 100 ms that it may',
  ],
  ['waits for ever', '  return new Promise(() => {});', 'it never comes to an end: nothing happens later in here'],
  [
    'never ends in a getter',
    '  return { get payload() { for (;;) {} } };',
    'it takes longer than the 100 ms that it may',
  ],
  [
    'never ends in toJSON',
    '  return { payload: { toJSON() { for (;;) {} } } };',
    'it takes longer than the 100 ms that it may',
  ],
  [
    'never ends in what it throws',
    '  throw { get message() { for (;;) {} } };',
    'it takes longer than the 100 ms that it may',
  ],
  [
    'never ends in a proxy',
    '  return new Proxy({}, { has() { for (;;) {} } });',
    'it takes longer than the 100 ms that it may',
  ],
  ['calls itself', '  return process(message);', 'it calls itself too often'],
  ['keeps too much', '  state.all = "x".repeat(70000); return message;', '"state" has to be JSON of at most 64 KB'],
  [
    'goes too deep',
    '  let p = []; for (let n = 0; n < 600; n += 1) p = [p]; return { payload: p };',
    'it is nested deeper than the 500 levels',
  ],
])('one that %s costs its message, and the next one works', async (_, text, sentence) => {
  const code = body(`if (message.payload === 'good') return message;\n${text}`);
  const { out, invalid } = await done(code, [{}, 'good']);
  expect(invalid).toHaveLength(1);
  expect(invalid[0]).toContain(sentence);
  expect(out).toEqual(['good']);
});

it.each<[string, string, RegExp]>([
  [
    'takes all memory',
    'const all = []; for (;;) all.push(new Uint8Array(1e6));',
    /^it takes (more than the 32 MB of memory|longer than the 1000 ms) that it may$/,
  ],
  [
    'returns too much',
    'return { payload: "x".repeat(20e6) };',
    /^it (returns more than the 16 MB that it may add|takes longer than the 1000 ms that it may)$/,
  ],
])('one that %s costs its message, however fast the machine is', async (_, text, sentence) => {
  const code = body(`if (message.payload === 'good') return message;\n${text}`);
  const { out, invalid } = await done(code, [{}, 'good'], { timeout: '1s' });
  expect([out, invalid]).toEqual([['good'], [expect.stringMatching(sentence)]]);
});

it('says the line and the column of what was thrown', async () => {
  const code =
    'const speedOf = ({ v }) => v.x;\n\nfunction process(message) {\n  return { payload: speedOf(message.payload) };\n}';
  expect((await done(code, [{}])).invalid).toEqual(["line 1, column 29: cannot read property 'x' of undefined"]);
});

it('reaches nothing of the host', async () => {
  const names = [
    'require',
    'fetch',
    'setTimeout',
    'Buffer',
    'XMLHttpRequest',
    'WebSocket',
    'os',
    'std',
    'module',
    'print',
    'Worker',
  ];
  const code = `const found = ${JSON.stringify(names)}.filter((name) => name in globalThis);
function process() {
  const out = (function () { return this; })();
  return { payload: [found, typeof globalThis.process.env, typeof out] };
}`;
  expect((await done(code, [1])).out).toEqual([[[], 'undefined', 'object']]);
});

it('harms no other component by what it does to the language', async () => {
  const evil = `Array.prototype.map = () => { throw 1; }; Object.prototype.polluted = true; JSON.stringify = () => '"x"';
Promise.prototype.then = () => 1; String.prototype.slice = () => 'x';
function process(message) { message.payload.__proto__.evil = 1; return message; }`;
  await done(evil, [{ a: 1 }]);
  expect(({} as Record<string, unknown>)['polluted'] ?? ({} as Record<string, unknown>)['evil']).toBeUndefined();
  expect((await done(body('return message;'), [1])).out).toEqual([1]);
});

describe('numbers that no double holds', () => {
  const given = '{"id":9007199254740993,"d":0.12345678901234567891}';
  const outOf = async (code: string): Promise<string[]> => {
    const component = script.create({
      config: script.config.parse({ code }),
      io: { kept: () => new RecordedMap({ most: 1 }), monotonic: () => 0 } as unknown as Io,
      emit: async () => undefined,
    }) as unknown as { open(): Promise<void>; close(): void; in(message: Message): { out: Message[] } };
    await component.open();
    const made = await component.in(new Message(readJson(given), 1, 'test.a.1', 1));
    component.close();
    return made.out.map(({ json }) => json);
  };

  it('keep their digits where they are handed on', async () =>
    expect(await outOf(body('message.payload.text = String(message.payload.id); return message;'))).toEqual([
      '{"id":9007199254740993,"d":0.12345678901234567891,"text":"9007199254740993"}',
    ]));

  it('are rounded where somebody reckons with them', async () =>
    expect(await outOf(body('return { payload: [message.payload.id + 1, message.payload.d > 0.1] };'))).toEqual([
      '[9007199254740992,true]',
    ]));

  it('are no way to write what is no number', async () => {
    const code = body(
      'const n = message.payload.id; n.toString = () => "1,2"; return { payload: [n.toJSON().slice(0, 33) + "1,\\"x\\"", n.toJSON().slice(0, 33)] };',
    );
    expect(await outOf(code)).toEqual(['["1,\\"x\\"",""]']);
  });
});

describe('what a script keeps', () => {
  const counting = body(
    'state.n = (state.n ?? 0) + 1; if (message.payload === "bad") throw 1; return { payload: state.n };',
  );

  it('is there for the next message and after a restart, without what a failed message did', async () => {
    const log = new MemoryLog();
    expect((await done(counting, [0, 'bad', 0], {}, log)).out).toEqual([1, 2]);
    expect((await done(counting, ['bad', 0], {}, log)).out).toEqual([3]);
  });

  it('outlives a sandbox that had to be made anew', async () => {
    const code = body(
      'state.n = (state.n ?? 0) + 1; if (message.payload === "bad") { const a = []; for (;;) a.push(new Uint8Array(1e6)); } return { payload: state.n };',
    );
    expect((await done(code, [0, 'bad', 0])).out).toEqual([1, 2]);
  });
});

it('a promise of an earlier message is no result of a later one', async () => {
  const code = `let open; function process(message) {
    if (message.payload === 1) return new Promise((resolve) => { open = resolve; });
    open({ payload: 'late' });
    return message;
  }`;
  const { out, invalid } = await done(code, [1, 2]);
  expect([out, invalid.length]).toEqual([[2], 1]);
});

it.each([
  ['function process( {', /^line 1: /],
  ['\n\nlet x = ;', /^line 3: Unexpected token/],
  ['const a = 1;', /there is no function "process" in it: write function process/],
  ['const process = (message) => message;', undefined],
])('of %j it is said that %s', (code, problem) => {
  if (problem === undefined) expect(syntaxProblem(code)).toBeUndefined();
  else expect(syntaxProblem(code)).toMatch(problem);
});

it('a script that cannot be begun fails its flow with the line', async () => {
  const tested = stage(script, { code: '\nundefined.x;\nfunction process() {}' }, { dataDir });
  await expect(tested.open()).rejects.toThrow(
    "the script cannot be run: line 2, column 10: cannot read property 'x' of undefined",
  );
  await tested.close(new AbortController().signal);
});

it('writes a few lines to the log, and says when there were more', () => {
  const lines: string[] = [];
  let now = 0;
  const say = fewLines({ log: (_, line) => void lines.push(line), monotonic: () => now });
  for (let n = 0; n < 100; n += 1) say(String(n));
  now = 60_000;
  say('later');
  expect([lines.length, lines.slice(18)]).toEqual([
    21,
    ['18', 'more than 19 lines came in a minute: the others are left out', 'later'],
  ]);
});
