import { expect, it } from 'vitest';
import { readJson, writeJson } from './exact-number.ts';
import { HeldMessage, heldIn } from './held-message.ts';
import { Message } from './message.ts';

it.each<[string, Message]>([
  ['JSON', new Message({ a: [1, 'ä\n\t"'] }, 1_700_000_000_123, 'flow.a.1', 77)],
  ['headers', new Message(5, 1, 'flow.a.1', 1, { topic: 'x/ÿ', 'a\tb': '\n' })],
  ['numbers of many digits', new Message(readJson('{"id":9007199254740993}'), 1, 'flow.a.1', 1)],
  ['a text that was never parsed', Message.fromJson('{"a":\n1}', { time: 1, source: 's', sequence: 2, headers: {} })],
])('a held message with %s comes back from what is kept of it', (_, message) => {
  const { message: back } = heldIn(readJson(writeJson(new HeldMessage(message))!) as string);
  expect([back.payload, back.time, back.id, back.headers]).toEqual([
    message.payload,
    message.time,
    message.id,
    message.headers,
  ]);
});

it('bytes come back as bytes', () => {
  const held = new HeldMessage(new Message(Buffer.from([0, 255, 10]), 1, 's', 1));
  expect([...heldIn(held.toJSON()).message.bytes!]).toEqual([0, 255, 10]);
  expect(heldIn(held)).toBe(held);
});
