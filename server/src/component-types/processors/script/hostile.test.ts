import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { stage } from '../../../component-kit/testing/stage.ts';
import { expression } from '../expression/expression.component.ts';
import { script } from './script.component.ts';

const dataDir = tmpdir();

/** Functions of the language that go on in one piece, in which an interpreter asks nobody whether it may. */
const ofTheLanguage: readonly string[] = [
  ...[
    'indexOf(1)',
    'lastIndexOf(1)',
    'includes(1)',
    'join("")',
    'reverse()',
    'sort()',
    'fill(0)',
    'forEach(() => 0)',
  ].flatMap((call) => [
    `Array(2 ** 32 - 1).${call}`,
    `Array.prototype.${call.replace('(', '.call({ length: 2 ** 53 - 1 }, ').replace(', )', ')')}`,
  ]),
  ...['map', 'filter', 'some', 'every', 'find', 'findLastIndex', 'flatMap', 'reduce', 'reduceRight'].map(
    (name) => `Array.prototype.${name}.call({ length: 2 ** 53 - 1 }, () => 0)`,
  ),
  'Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0)',
  'Array.prototype.unshift.call({ length: 2 ** 53 - 10 }, 1)',
  'Array.prototype.splice.call({ length: 2 ** 53 - 10 }, 1, 1)',
  'Array.prototype.slice.call({ length: 2 ** 53 - 1 }, 0)',
  'Array.prototype.concat.call([], Object.assign({ length: 2 ** 53 - 1 }, { [Symbol.isConcatSpreadable]: true }))',
  'Array.prototype.toSorted.call({ length: 2 ** 32 - 1 })',
  'Array.from({ length: 2 ** 32 })',
  'JSON.stringify(Array(2 ** 32 - 1))',
  'String.raw({ raw: { length: 2 ** 53 - 1 } })',
  '"x".repeat(2 ** 24).indexOf("x".repeat(2 ** 22) + "y")',
  '"x".repeat(2 ** 22).split("").join("y").split("xy").join()',
  '"ab".repeat(2 ** 20).replaceAll("a", "b".repeat(1000))',
  '"x".padEnd(2 ** 29)',
  '"x".padStart(2 ** 29, "abc")',
  '"x".repeat(2 ** 29)',
  'BigInt("9".repeat(3e6)) ** 3n',
  '(2n ** 4000000n).toString()',
  '2n ** (2n ** 30n)',
  '[..."x".repeat(2 ** 20)].sort()',
  'new Uint8Array(2 ** 24).sort().indexOf(1)',
  'new Float64Array(2 ** 21).fill(0).map(Math.random).sort().join()',
  '/(x+x+)+y/.test("x".repeat(100))',
  '/^(?:.*?,){30}z/.test("1,".repeat(100))',
  '"x".repeat(1e6).replace(/x*y/g, "")',
  'new RegExp("(?:".repeat(5000) + ")".repeat(5000)).test("")',
  '"x".repeat(2 ** 22).normalize("NFKD").localeCompare("y".repeat(2 ** 22))',
  'encodeURIComponent("\\u20ac".repeat(2 ** 22))',
  'JSON.parse("[".repeat(1e6))',
  'JSON.parse("[" + "0,".repeat(4e6) + "0]")',
  'eval("1" + "+1".repeat(2e6))',
  'new Function("return " + "(".repeat(1e5) + "1" + ")".repeat(1e5))()',
  'new Date(8.64e15).toLocaleString().repeat(1e7)',
  'new Map(Array.from({ length: 1e6 }, (_, n) => [n, n]))',
  'Object.fromEntries(Array.from({ length: 1e6 }, (_, n) => ["k" + n, n]))',
];

/** What a program may give back or throw. */
const odd: readonly string[] = [
  'throw null;',
  'throw undefined;',
  'throw Symbol("x");',
  'throw 1n;',
  'throw { toString() { throw 1; } };',
  'throw new Proxy({}, { get() { throw 1; }, has() { throw 2; }, getPrototypeOf() { throw 3; } });',
  'throw Object.assign(new Error(), { stack: { toString() { for (;;); } } });',
  'throw Object.defineProperty(new Error("x"), "message", { get() { return "x".repeat(1e8); } });',
  'return { payload: 1n };',
  'return { payload: Symbol("x") };',
  'return { get payload() { throw 1; } };',
  'return { payload: new Proxy([], { get() { throw 1; } }) };',
  'return { payload: new Proxy({}, { ownKeys() { return Array(2 ** 32 - 1); } }) };',
  'return { payload: { toJSON: 1n } };',
  'return { payload: 1, headers: new Proxy({}, { ownKeys() { for (;;); } }) };',
  'const a = []; a.toJSON = () => a; return { payload: [a] };',
  'Array.prototype.toJSON = () => { for (;;); }; return { payload: [1] };',
  'Object.prototype.toJSON = function () { return { a: this }; }; return { payload: {} };',
  'const deep = {}; let at = deep; for (let n = 0; n < 1e5; n += 1) at = at.a = {}; return { payload: deep };',
  'const f = () => f(); f();',
  'const f = () => [f, f].map((g) => g()); f();',
  'return new Promise((_, no) => no({ get message() { throw 1; } }));',
  'return { then(yes) { yes({ then(more) { more(this); } }); } };',
  'return { then() { throw null; } };',
  'const again = async () => { await 0; again(); again(); }; again(); return message;',
  'function* all() { for (;;) yield 1; } return [...all()];',
  'globalThis.process = undefined; return 1;',
  'delete globalThis.state; globalThis.state = new Proxy({}, { ownKeys() { for (;;); } }); return message;',
  'state.a = Array(2 ** 31); return message;',
];

const harmless = 'if (message.payload === "good") return { payload: "good" };';

it.each([...ofTheLanguage.map((program) => `return { payload: String(${program}).length };`), ...odd])(
  'a script that does %s costs its message at most, and soon the next one works',
  async (text) => {
    const tested = stage(
      script,
      { code: `function process(message) {\n${harmless}\n${text}\n}`, timeout: '30ms' },
      { dataDir },
    );
    await tested.open();
    await tested.feed(['bad']);
    await tested.feed(['good']);
    await tested.close(new AbortController().signal);
    expect(tested.failures).toEqual([]);
    for (const sentence of tested.invalid) expect(sentence).not.toBe('');
    const { dropped } = tested.totals();
    expect(tested.arrived['out']!.length + tested.invalid.length + (dropped['rejected'] ?? 0)).toBeGreaterThanOrEqual(
      2,
    );
  },
);

it.each([
  '$pad("x", 100000000)',
  '$pad("x", -100000000, "#")',
  '$join([1..9999999])',
  '[1..9999999][$ % 2 = 0]',
  '$sort([1..100000], function($a, $b) { $random() > 0.5 })',
  '$distinct([1..100000])',
  '$replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /(a+)+$/, "")',
  '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /(a|a)*$/)',
  '$split($pad("x", 3000000, ","), ",") ~> $reverse ~> $join',
  '($f := function($n) { $f($n + 1) }; $f(0))',
  '($f := function($n) { $f($n) & $f($n) }; $f(0))',
  '$power(10, 400)',
  '$formatBase(9007199254740993, 36)',
  '$string([1..1000000])',
  '$each($merge([1..100000].{ $string($): $ }), function($v, $k) { $k & $v })',
  '$shuffle([1..1000000]) ~> $sort',
  '$eval("[1..9999999]")',
  '$error({ "a": 1 })',
  '$formatNumber(1, $pad("0", 10000000, "0"))',
  '$toMillis($pad("2", 1000000, "0"), "[Y]")',
])('an expression %s costs its message at most, and soon the next one works', async (text) => {
  const tested = stage(expression, { expression: `$ = "good" ? $ : ${text}` }, { dataDir });
  await tested.open();
  await tested.feed(['bad']);
  await tested.feed(['good']);
  await tested.close(new AbortController().signal);
  expect(tested.failures).toEqual([]);
  expect(tested.arrived['out']).toContain('good');
});
