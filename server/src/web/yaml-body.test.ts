import { describe, expect, it } from 'vitest';
import { yamlValue } from './yaml-body.ts';
import { yamlBounds } from './yaml-size.ts';

const many = (part: (at: number) => string, bytes = 1024 ** 2): string => {
  const parts: string[] = [];
  for (let size = 0; size < bytes; size += parts.at(-1)!.length) parts.push(part(parts.length));
  return parts.join('');
};

const said = (text: string): string => {
  try {
    return JSON.stringify(yamlValue(text));
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

it('is another way of writing JSON', () => {
  expect(said('a: 1\nb: [x, {c: null}]\n--- \n- true\n')).toBe('[{"a":1,"b":["x",{"c":null}]},[true]]');
  expect(said('base: &base {a: 1}\nother: *base\n')).toBe('{"base":{"a":1},"other":{"a":1}}');
});

it.each([
  ['a: 1\nb:\n  c: 1\n  c: 2\n', '"c" is there twice in one object at line 4, column 3'],
  ['{a: 1, "a": 2}', '"a" is there twice in one object at line 1, column 8'],
  ['a: [', 'at line 1'],
  ['? [a]\n: 1\n', 'is no YAML'],
])('what is wrong in %j is told with its place', (text, sentence) => expect(said(text)).toContain(sentence));

/** Texts of a megabyte that took the parser seconds or minutes, or more memory than there is. */
describe('is refused before it is parsed where reading it would hold everybody up:', () => {
  it.each([
    ['keys', many((at) => `k${at}: 1\n`)],
    ['entries', many(() => '- 1\n')],
    ['entries in a bracket', `[${many(() => '1,')}1]`],
    ['brackets', many(() => '[')],
    ['objects in a bracket', many(() => '{a: ')],
    ['lists in one line', many(() => '- ')],
    ['asked keys in one line', many(() => '? ')],
    ['levels of spaces', Array.from({ length: 1400 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['documents', many(() => '---\n')],
    ['aliases', `- &a 1\n${many(() => '- *a\n')}`],
    ['words that mean something', many(() => '- !a 1\n')],
    ['remarks', many(() => '#\n')],
  ])('%s', (_, text) => expect(said(text)).toMatch(/^it has more than|^lists and objects lie|^a line begins with/));
});

it('a set of as many values as may be is read', () => {
  const keys = Math.floor(yamlBounds.tokens / 8);
  expect(
    Object.keys(
      yamlValue(
        many((at) => `k${at}: 1\n`)
          .split('\n')
          .slice(0, keys)
          .join('\n'),
      ) as object,
    ),
  ).toHaveLength(keys);
});
