import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonTexts, jsonTextsOf } from './json-texts.ts';

it.each<[string, string, string[]]>([
  ['one after the other', '{"a":1}{"a":2}', ['{"a":1}', '{"a":2}']],
  ['over several lines', '{\n  "a": 1\n}\n{\n  "a": [\n2]\n}\n', ['{\n  "a": 1\n}', '{\n  "a": [\n2]\n}']],
  ['with record separators', '\x1e{"a":1}\n\x1e{"a":2}\n', ['{"a":1}', '{"a":2}']],
  ['with nothing but a record separator between', '\x1e{"a":1}\x1e{"a":2}', ['{"a":1}', '{"a":2}']],
  ['of any kind', '1\n"a b"\ntrue\n[1,2]null', ['1', '"a b"', 'true', '[1,2]', 'null']],
  ['with brackets and quotes in texts', '{"a":"}{\\"["}{"b":"\\\\"}', ['{"a":"}{\\"["}', '{"b":"\\\\"}']],
  ['with NUL and marks', '\uFEFF{"a":1}\0\0{"a":2}\0', ['{"a":1}', '{"a":2}']],
  ['with lines between that are none', '{"a":1}\nnonsense here\n{"a":2}', ['{"a":1}', 'nonsense here', '{"a":2}']],
  ['cut at the end', '{"a":1}{"a":', ['{"a":1}', '{"a":']],
  ['with a bracket too many', '{"a":1}}\n{"a":2}', ['{"a":1}', '}', '{"a":2}']],
])('finds texts that stand %s', (_, text, expected) => {
  expect(jsonTextsOf(text, false)).toEqual(expected);
});

it.each<[string, string[]]>([
  ['[{"a":1},{"a":[2,3]}]', ['{"a":1}', '{"a":[2,3]}']],
  ['[\n  {"a":1},\n  2,\n  "x,y"\n]\n', ['{"a":1}', '2', '"x,y"']],
  ['[[1],[2]]{"b":1}[3]', ['[1]', '[2]', '{"b":1}', '3']],
  ['[]', []],
  ['[1]', ['1']],
])('takes the elements of a list apart: %s', (text, expected) => {
  expect(jsonTextsOf(text, true)).toEqual(expected);
});

it('finds the same however the text is cut', () => {
  const objects = fc.array(fc.oneof(fc.object(), fc.array(fc.jsonValue())), { maxLength: 5 });
  fc.assert(
    fc.property(objects, fc.constantFrom('', '\n', ' ', '\x1e'), fc.nat(7), (values, between, size) => {
      const texts = values.map((value) => JSON.stringify(value));
      const whole = texts.join(between);
      const cutter = new JsonTexts({ longest: 1e6, tooLong: () => undefined, splitsLists: false });
      const found: string[] = [];
      for (let at = 0; at < whole.length; at += size + 1) found.push(...cutter.push(whole.slice(at, at + size + 1)));
      expect([...found, ...cutter.finish()]).toEqual(texts);
    }),
  );
});

it('passes over a text that is too long, and holds none of it', () => {
  let lost = 0;
  const cutter = new JsonTexts({ longest: 20, tooLong: () => (lost += 1), splitsLists: false });
  const found = cutter.push('{"a":1}{"long":"');
  for (let times = 0; times < 100; times += 1) found.push(...cutter.push('x}{'.repeat(10)));
  expect(cutter.pending).toBe(0);
  found.push(...cutter.push('"}{"a":2}'), ...cutter.finish());
  expect([found, lost]).toEqual([['{"a":1}', '{"a":2}'], 1]);
});

it('tells how many bytes it has passed, and how many elements of a list that is open', () => {
  const cutter = new JsonTexts({ longest: 100, tooLong: () => undefined, splitsLists: true });
  cutter.push('{"a":"ü"}\n[1,"é",[2');
  expect([cutter.passed, cutter.list]).toEqual([19, { passed: 11, texts: 2 }]);
  cutter.push(']]{');
  expect([cutter.passed, cutter.list]).toEqual([23, undefined]);
});
