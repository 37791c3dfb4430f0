import { expect, it } from 'vitest';
import type { Headers } from '../../../engine/message.ts';
import { StatusTexts } from './status-text.ts';

const joining = () => {
  const passed: (readonly [unknown, number])[] = [];
  const texts = new StatusTexts((payload, time) => passed.push([payload['text'], time]));
  const headers: Headers = { address: '127.0.0.1:1' };
  const take = (text: unknown, chunk_seq: number, more: object = {}) =>
    texts.take(
      { message: 'STATUSTEXT', system_id: 1, component_id: 1, id: 5, chunk_seq, text, ...more },
      chunk_seq,
      headers,
    );
  return { passed, texts, take };
};
const full = 'x'.repeat(50);

it('joins parts in whatever order they come', () => {
  const { passed, take } = joining();
  take('end', 2);
  take(full, 0);
  expect(passed).toEqual([]);
  take(full, 1);
  expect(passed).toEqual([[`${full}${full}end`, 2]]);
});

it('leaves alone what is no part', () => {
  const { passed, take } = joining();
  expect(take('short', 0, { id: 0 })).toBe(false);
  expect(take('short', 0, { id: undefined })).toBe(false);
  expect(passed).toEqual([]);
});

it('keeps apart what different vehicles say at once', () => {
  const { passed, take } = joining();
  take(full, 0);
  take(full, 0, { system_id: 2 });
  take('a', 1);
  take('b', 1, { system_id: 2 });
  expect(passed.map(([text]) => text)).toEqual([`${full}a`, `${full}b`]);
});

it('joins a character that is cut by the end of a part', () => {
  const { passed, take } = joining();
  const bytes = Buffer.from(`${'x'.repeat(49)}ä!`, 'utf8');
  take({ bytes: bytes.subarray(0, 50).toString('hex') }, 0);
  take({ bytes: bytes.subarray(50).toString('hex') }, 1);
  expect(passed.map(([text]) => text)).toEqual([`${'x'.repeat(49)}ä!`]);
});

it('passes on what there is when the rest does not come, and when another text begins', async () => {
  const { passed, take, texts } = joining();
  take(full, 0);
  take('end', 2);
  take('anew', 0);
  expect(passed.map(([text]) => text)).toEqual([`${full}…end`, 'anew']);
  take(full, 0);
  texts.end();
  expect(passed.map(([text]) => text).at(-1)).toBe(full);
});

it('remembers no more texts than it may', () => {
  const { passed, take, texts } = joining();
  for (let id = 1; id <= 100; id += 1) take(full, 0, { id });
  expect(passed).toHaveLength(36);
  texts.end();
  expect(passed).toHaveLength(100);
});
