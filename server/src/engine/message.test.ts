import { expect, it } from 'vitest';
import { Message } from './message.ts';

const headers = { unit: 'm' };
const position = { source: 'far', sequence: 7 };
const text = '{"n": 12345678901234567890}';
const full = new Message({ n: 1 }, 1000, 'flow.a.1', 35, headers, '{"n":1}', 50, position);

it('has an id of who made it and its number', () => expect(full.id).toBe('flow.a.1-z'));

it('is as large as it is told to be, as its text, or as usual', () => {
  const sizes = [full, new Message('x', 1, 's', 1, {}, '"x"'), new Message('x', 1, 's', 1)].map(({ size }) => size);
  expect(sizes).toEqual([50, 3, 512]);
});

it('keeps all but the payload, and the text of it, with another payload', () => {
  const other = full.with([2], 8);
  expect(other).toMatchObject({ id: full.id, time: 1000, headers, size: 58, position });
  expect([other.payload, other.json, full.with(1).size]).toEqual([[2], '[2]', 50]);
});

it('keeps all but its place, or its headers, with another of these', () => {
  const elsewhere = { source: 'near', sequence: 1 };
  expect(full.at(elsewhere)).toEqual(new Message({ n: 1 }, 1000, 'flow.a.1', 35, headers, '{"n":1}', 50, elsewhere));
  expect(full.withHeaders({})).toEqual(new Message({ n: 1 }, 1000, 'flow.a.1', 35, {}, '{"n":1}', 50, position));
});

it('is parsed when somebody looks, and its text is kept to the letter', () => {
  const kept = Message.fromJson(text, { time: 1000, source: 'flow.a.1', sequence: 35, headers, position });
  expect(kept).toMatchObject({ id: full.id, time: 1000, headers, size: text.length, position });
  expect([kept.json, kept.at(position).json, String((kept.payload as { n: unknown }).n)]).toEqual([
    text,
    text,
    '12345678901234567890',
  ]);
  expect(kept.payload).toBe(kept.payload);
  const broken = Message.fromJson('{', { time: 1, source: 's', sequence: 1, headers: {} });
  expect(() => broken.payload).toThrow(SyntaxError);
});

it('is its text alone where that is known', () => {
  const kept = full.asText();
  expect(kept).toMatchObject({ id: full.id, time: 1000, headers, size: '{"n":1}'.length, position });
  expect([kept.payload, kept.payload === full.payload]).toEqual([{ n: 1 }, false]);
  const unwritten = new Message({ n: 1 }, 1, 's', 1);
  expect(unwritten.asText()).toBe(unwritten);
});

it('tells bytes from JSON without a look at it', () => {
  const bytes = new Uint8Array([1, 2]);
  const broken = Message.fromJson('{', { time: 1, source: 's', sequence: 1, headers: {} });
  expect([new Message(bytes, 1, 's', 1).bytes, full.bytes, broken.bytes]).toEqual([bytes, undefined, undefined]);
});
