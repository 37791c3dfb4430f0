import type { TappedMessage } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { fileMessages, seenMessages, typedMessages } from './messages-of.ts';

it.each([
  ['{"a": 1}', [{ payload: { a: 1 } }]],
  ['{\n  "a": 1\n}\n', [{ payload: { a: 1 } }]],
  ['[{"a": 1}, {"a": 2}]', [{ payload: { a: 1 } }, { payload: { a: 2 } }]],
  ['{"a": 1}\n\n{"a": 2}', [{ payload: { a: 1 } }, { payload: { a: 2 } }]],
  ['"a text"', [{ payload: 'a text' }]],
])('takes %j as messages', (text, messages) => expect(typedMessages(text)).toEqual({ messages }));

it.each([
  [' ', /^Type a message/],
  ['[]', /^There is no message/],
  ['{a: 1}', /^This is no JSON/],
  ['{"a": 1}\n{a: 2}', /^Line 2 is no JSON/],
])('says what is wrong with %j', (text, sentence) => expect(() => typedMessages(text)).toThrow(sentence));

it('takes a hundred of many, and says so', () => {
  const { messages, left } = typedMessages(Array.from({ length: 120 }, () => '1').join('\n'));
  expect([messages.length, left]).toEqual([100, 'the first 100 of 120']);
});

it.each([
  ['{"a":1}\n{"a":2}\n', [{ payload: { a: 1 } }, { payload: { a: 2 } }]],
  ['room,temperature\r\nA,21\r\n', [{ text: 'room,temperature' }, { text: 'A,21' }]],
  ['[1, 2]', [{ payload: 1 }, { payload: 2 }]],
])('takes the lines of a file %j', (text, messages) => expect(fileMessages(text)).toEqual({ messages }));

const seen = (payload: string, is_cut = false): TappedMessage => ({
  id: 'a',
  time: '2026-03-01T12:00:00.000Z',
  headers: { topic: 't' },
  payload,
  is_cut,
});

it('takes what came by, with its time and headers, bytes as bytes', () => {
  const { time, headers } = seen('');
  expect(seenMessages([seen('{"a":1}'), seen('{"base64":"AAE="}'), seen('{"a":', true)])).toEqual({
    messages: [
      { payload: { a: 1 }, time, headers },
      { base64: 'AAE=', time, headers },
    ],
    left: '1 of 3 are too long, and left out',
  });
  expect(() => seenMessages([])).toThrow('Nothing has come by');
});
