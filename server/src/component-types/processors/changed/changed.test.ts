import { expect, it } from 'vitest';
import { readJson } from '../../../engine/exact-number.ts';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { Message } from '../../../engine/message.ts';
import { changeDetector, type ChangedOptions, type Passed } from './changed.ts';

const detector = (options: Partial<ChangedOptions>, most = 10) =>
  changeDetector(
    { fields: ['v'], by: [], deadband: 0, deadband_in: 'value', ...options },
    new RecordedMap<Passed>({ most }),
  );
const judged = (options: Partial<ChangedOptions>, payloads: readonly unknown[]) => {
  const hasChanged = detector(options);
  return payloads.map((payload, index) => hasChanged(new Message(payload, 1, 'test.a.1', index)));
};
const json = (...texts: string[]) => texts.map(readJson);

it.each<[string, Partial<ChangedOptions>, readonly unknown[], boolean[]]>([
  [
    'the same value in another place',
    {},
    [
      { v: 1, n: 1 },
      { v: 1, n: 2 },
    ],
    [true, false],
  ],
  ['a number written otherwise', {}, json('{"v":1}', '{"v":1.0}', '{"v":1e0}'), [true, false, false]],
  ['a number and its text', {}, [{ v: 1 }, { v: '1' }], [true, true]],
  ['the last digit of a long one', {}, json('{"v":9007199254740992}', '{"v":9007199254740993}'), [true, true]],
  ['null', {}, [{ v: null }, { v: null }, { v: 0 }], [true, false, true]],
  ['messages without the field', {}, [{ a: 1 }, { a: 1 }], [true, true]],
  ['a whole payload', { fields: [] }, [{ a: 1 }, { a: 1 }, { a: 2 }], [true, false, true]],
  ['a payload that is a number', { fields: [], deadband: 1 }, [5, 6, 6.5], [true, false, true]],
  ['a payload that is a list, as it is written', { fields: [], deadband: 9 }, [[5], [5], [6]], [true, false, true]],
  [
    'bytes that look like a list',
    { fields: [] },
    ['[1', '[1', '[2'].map((text) => Buffer.from(text)),
    [true, false, true],
  ],
  ['a tenth up and down', { deadband: 0.1 }, [21.2, 21.3, 21.1, 21.31].map((v) => ({ v })), [true, false, false, true]],
  [
    'slow drift from what was passed on',
    { deadband: 1 },
    [0, 0.6, 1.2, 1.8].map((v) => ({ v })),
    [true, false, true, false],
  ],
  [
    'percent below zero',
    { deadband: 10, deadband_in: 'percent' },
    [-100, -110, -111].map((v) => ({ v })),
    [true, false, true],
  ],
  ['percent of zero', { deadband: 10, deadband_in: 'percent' }, [0, 0, 0.001].map((v) => ({ v })), [true, false, true]],
  ['a text with a deadband', { deadband: 1 }, ['a', 'a', 'b'].map((v) => ({ v })), [true, false, true]],
  [
    'a number that goes away',
    { fields: ['v', 'w'], deadband: 1 },
    [{ v: 1, w: 1 }, { w: 1 }, { v: 1, w: 1 }],
    [true, true, true],
  ],
  ['values of very many characters', {}, ['x', 'x', 'y'].map((c) => ({ v: c.repeat(9999) })), [true, false, true]],
  [
    'each of its own',
    { by: ['k'] },
    [{ k: 1, v: 1 }, { k: 2, v: 1 }, { k: 1, v: 1 }, { v: 1 }],
    [true, true, false, true],
  ],
])('%s', (_, options, payloads, expected) => expect(judged(options, payloads)).toEqual(expected));

it('an unchanged one is passed on after the heartbeat, counted from what was passed on, whichever way the clock jumps', () => {
  const hasChanged = detector({ heartbeat: 10 });
  const times = [1000, 1009, 1010, 1019, 1020, 1000];
  expect(times.map((time) => hasChanged(new Message({ v: 1 }, time, 'test.a.1', 1)))).toEqual([
    true,
    false,
    true,
    false,
    true,
    true,
  ]);
});

it('the one that was passed on first is forgotten where there are too many', () => {
  const hasChanged = detector({ by: ['k'] }, 2);
  expect([1, 2, 3, 2, 1].map((k) => hasChanged(new Message({ k, v: 1 }, 1, 'test.a.1', 1)))).toEqual([
    true,
    true,
    true,
    false,
    true,
  ]);
});
