import { expect, it } from 'vitest';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { Message } from '../../../engine/message.ts';
import { keyReader } from '../../../component-kit/fields/key-reader.ts';
import { firstOfItsKind } from './deduplicate.ts';

const message = (payload: unknown, time = 1) => new Message(payload, time, 'test.a.1', 1);

it.each([
  ['for ever', undefined, [true, false, false]],
  ['for ten milliseconds since it was passed on', 10, [true, false, true]],
])('it is remembered %s', (_, withinMs, expected) => {
  const isNew = firstOfItsKind(keyReader([]), new RecordedMap<number>({ most: 10 }), withinMs);
  expect([1000, 1009, 1010].map((time) => isNew(message('a', time)))).toEqual(expected);
});

it('the oldest is forgotten where there are too many', () => {
  const isNew = firstOfItsKind(keyReader([]), new RecordedMap<number>({ most: 2 }));
  expect(['a', 'b', 'a', 'c', 'a', 'c'].map((payload) => isNew(message(payload)))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
});
