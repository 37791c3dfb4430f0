import { describe, expect, it } from 'vitest';
import { joined, messageReader, parted } from './header-path.ts';
import { Message } from './message.ts';

const message = (payload: unknown, headers = {}) => new Message(payload, 1, 'test.a.1', 1, headers);

it.each([
  ['@header.topic', 'a/b'],
  ['@header["content-type"]', 'json'],
  ['@header.none', undefined],
  ['@header.toString', undefined],
  ['["@header"].topic', 'of the payload'],
  ['n', 1],
])('%s reads %j', (path, expected) => {
  const given = message({ n: 1, '@header': { topic: 'of the payload' } }, { topic: 'a/b', 'content-type': 'json' });
  expect(messageReader(path)(given)).toBe(expected);
});

describe('a payload and its headers', () => {
  it.each([
    [{ n: 1 }, { n: 1 }, {}],
    [{ '@header': { topic: 'x', n: 5, none: null, list: [1] } }, {}, { topic: 'x', n: '5', list: '[1]' }],
    [{ n: 1, '@header': 'no headers' }, { n: 1 }, {}],
    [[1], [1], { old: 'yes' }],
  ])('%j becomes %j with %j', (changed, payload, headers) => {
    const again = parted(message({ old: 1 }, { old: 'yes' }), changed);
    expect([again.payload, again.headers, again.id]).toEqual([payload, headers, message({}).id]);
  });

  it('come back as they were where nobody changes them', () => {
    const given = message({ n: 1 }, { topic: 'x' });
    const again = parted(given, joined(given));
    expect([again.payload, again.headers]).toEqual([{ n: 1 }, { topic: 'x' }]);
    expect(joined(message(5, { topic: 'x' }))).toBe(5);
  });

  it('may not grow without end', () => {
    const changed = { '@header': { a: 'x'.repeat(17_000) } };
    expect(() => parted(message({}), changed)).toThrow('more than the 16 KB');
  });
});
