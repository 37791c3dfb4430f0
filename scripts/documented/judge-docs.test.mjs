import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../docs/commands.mjs';
import { root } from '../setup/root.mjs';
import { judgeDocs } from './judge-docs.mjs';

const read = (file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined);
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'examples/production/README.md',
];

it('each command of the docs is run by a test, or its page says why not', () =>
  expect(judgeDocs({ pages, table: commands, read })).toEqual([]));

describe('a page with faults is caught:', () => {
  const page =
    'Text.\n\n```bash\nsemstreams health   # a word\nsudo tar -c . \\\n  | ssh device tar -x\n```\n\nThere is no device here.\n';
  const judge = (entries, markdown = page) =>
    judgeDocs({
      pages: ['page.md'],
      table: { 'page.md': entries },
      read: (file) => ({ 'page.md': markdown, 'a.test.mjs': 'health()' })[file],
    });
  const health = { 'semstreams health': { where: 'server' } };
  const tar = { 'sudo tar -c . | ssh device tar -x': { because: 'There is no device here' } };

  it('none where there is none', () => expect(judge({ ...health, ...tar })).toEqual([]));

  it.each([
    ['a command that nobody answers for', tar, 'page.md:4 "semstreams health": it is missing in docs/commands.mjs'],
    [
      'a reason that the page does not tell',
      { ...health, 'sudo tar -c . | ssh device tar -x': { because: 'no time' } },
      'page.md:5 "sudo tar -c . | ssh device tar -x": the page does not say "no time"',
    ],
    [
      'a test that is not there',
      { ...tar, 'semstreams health': { file: 'b.test.mjs', words: 'health()' } },
      'page.md:4 "semstreams health": there is no test "b.test.mjs"',
    ],
    [
      'a test that runs something else',
      { ...tar, 'semstreams health': { file: 'a.test.mjs', words: 'doctor()' } },
      'page.md:4 "semstreams health": "a.test.mjs" does not have doctor()',
    ],
    [
      'a command that has gone from the page',
      { ...health, ...tar, reboot: { where: 'server' } },
      'docs/commands.mjs has "reboot", which page.md has not',
    ],
  ])('%s', (_, entries, sentence) => expect(judge(entries)).toEqual([sentence]));

  it('a fence that does not say what it is', () =>
    expect(() => judge({}, '```\nreboot\n```\n')).toThrow('line 1: say behind ``` what this is'));

  it('a page that is not there any more', () =>
    expect(judgeDocs({ pages: [], table: { 'gone.md': {} }, read })).toEqual([
      'docs/commands.mjs names "gone.md", which is no page',
    ]));
});
