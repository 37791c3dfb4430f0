import { expect, it } from 'vitest';
import { resentSentence } from './resent-sentence.ts';

const failed = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ sequence: index + 1, sentence: `reason ${index + 1}` }));

it.each([
  [1, 0, 0, 'One message was sent again'],
  [3, 0, 0, '3 messages were sent again'],
  [0, 2, 0, 'Nothing was sent again: reason 1'],
  [2, 1, 0, '2 messages were sent again, one could not: reason 1'],
  [1, 2, 0, 'One message was sent again, 2 could not: reason 1'],
  [5, 0, 95, '5 messages were sent again; 95 are left, send them again'],
])('%d sent, %d failed and %d left: %s', (resent, failures, left, sentence) =>
  expect(resentSentence({ resent, failed: failed(failures), left })).toBe(sentence),
);
