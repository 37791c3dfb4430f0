import { expect, it } from 'vitest';
import { sentenceOf } from './fault.ts';

const getter = Object.defineProperty(new Error('x'), 'message', {
  get: () => {
    throw new Error('of the getter');
  },
});
const revoked = Proxy.revocable({}, {});
revoked.revoke();

it.each([
  { thrown: new Error('why'), sentence: 'why' },
  { thrown: 'text', sentence: 'text' },
  { thrown: undefined, sentence: 'undefined' },
  { thrown: Symbol('s'), sentence: 'Symbol(s)' },
  { thrown: Object.assign(new Error('x'), { message: 7 }), sentence: '7' },
  { thrown: Object.create(null) as unknown, sentence: /nothing of itself/ },
  { thrown: getter, sentence: /nothing of itself/ },
  { thrown: revoked.proxy, sentence: /nothing of itself/ },
])('anything that is thrown has a sentence: $sentence', ({ thrown, sentence }) => {
  const said = sentenceOf(thrown);
  if (typeof sentence === 'string') expect(said).toBe(sentence);
  else expect(said).toMatch(sentence);
});
