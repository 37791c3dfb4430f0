import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stage } from '../../../component-kit/testing/stage.ts';
import { readJson } from '../../../engine/exact-number.ts';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { MemoryLog } from '../../../engine/memory-log.ts';
import { Message } from '../../../engine/message.ts';
import { splitter } from '../split/split.ts';
import { batch } from './batch.component.ts';
import { Batches, type BatchOptions, type Collected, listOf, type Waiting } from './batch.ts';

const collecting = (options: Partial<BatchOptions>, waiting = new RecordedMap<Waiting>({ most: 1_000_000 })) => {
  const batches = new Batches(
    { messages: 3, size: 1000, wait: 100, by: [], most: 10, mostBytes: 1_000_000, ...options },
    waiting,
  );
  const lists = (made: readonly Collected[]): unknown[] => made.map((one) => JSON.parse(listOf(one)) as unknown);
  return {
    waiting,
    restore: () => batches.restore(),
    add: (payload: unknown, time = 1000) => lists(batches.add(new Message(payload, time, 'test.a.1', 1))),
    over: (time: number) => lists(batches.over(time)),
    all: () => lists(batches.all()),
  };
};

describe('a list goes on', () => {
  it('when it has so many messages', () => {
    const { add, all } = collecting({});
    expect([add(1), add(2), add(3), add(4), all(), all()]).toEqual([[], [], [[1, 2, 3]], [], [[4]], []]);
  });

  it('before it would take more than so many bytes, and with one that takes more alone', () => {
    const { add, all } = collecting({ size: 13, messages: 100 });
    expect([add('abcd'), add('x'), add('e'), add('0123456789'), add(1)]).toEqual([
      [],
      [],
      [['abcd', 'x']],
      [['e'], ['0123456789']],
      [],
    ]);
    expect(all()).toEqual([[1]]);
  });

  it('when its time is over, by the clock or by what comes behind', () => {
    const { add, over } = collecting({});
    expect([add(1, 1000), over(1099), over(1100)]).toEqual([[], [], [[1]]]);
    expect([add(2, 2000), add(3, 2050), add(4, 2100), over(2150), over(2200)]).toEqual([[], [], [[2, 3]], [], [[4]]]);
  });

  it('when a clock is set back', () => {
    const { add } = collecting({});
    expect([add(1, 5000), add(2, 1000)]).toEqual([[], [[1]]]);
  });

  it('by group, and the one that was begun first where there are too many groups or bytes', () => {
    const groups = collecting({ by: ['k'], messages: 2, most: 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((k) => ({ k }));
    expect([groups.add(a), groups.add(b), groups.add(b), groups.add(b), groups.add(c), groups.all()]).toEqual([
      [],
      [],
      [[b, b]],
      [],
      [[a]],
      [[b], [c]],
    ]);
    const small = collecting({ by: ['k'], mostBytes: 2000 });
    expect([small.add(a), small.add(b), small.add(c)].flat()).toEqual([[a]]);
  });
});

it('keeps the digits of numbers, and the text as it came', () => {
  const { waiting } = collecting({});
  const batches = new Batches({ messages: 2, size: 1000, wait: 100, by: [], most: 10, mostBytes: 1e6 }, waiting);
  const given = { time: 1, source: 's', sequence: 1, headers: {} };
  batches.add(Message.fromJson('{"a":1.0}', given));
  const [list] = batches.add(new Message(readJson('{"id":9007199254740993}'), 1, 's', 2));
  expect(listOf(list!)).toBe('[{"a":1.0},{"id":9007199254740993}]');
});

it('is undone by a split: every message comes once, in its order', () => {
  const options = fc.record({ messages: fc.integer({ min: 1, max: 5 }), size: fc.integer({ min: 1, max: 60 }) });
  const came = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.jsonValue({ maxDepth: 2 })), { maxLength: 60 });
  const split = splitter({ field: '', keep: false });
  fc.assert(
    fc.property(options, came, fc.nat(), (given, messages, restartAfter) => {
      const waiting = new RecordedMap<Waiting>({ most: 1_000_000 });
      let now = collecting(given, waiting);
      let time = 1000;
      const made = messages.flatMap(([passed, payload], index) => {
        if (index === restartAfter % (messages.length + 1)) {
          // what is kept is text
          const text = JSON.stringify([...waiting.entries()]);
          const again = new RecordedMap<Waiting>({ most: 1_000_000 });
          for (const [key, value] of JSON.parse(text) as [string, Waiting][]) again.set(key, value);
          now = collecting(given, again);
          now.restore();
        }
        return now.add(payload, (time += passed));
      });
      const lists = [...made, ...now.all()];
      expect(lists.flatMap((list) => split(list))).toEqual(
        messages.map(([, payload]) => JSON.parse(JSON.stringify(payload)) as unknown),
      );
      for (const list of lists as unknown[][]) {
        expect(list.length).toBeLessThanOrEqual(given.messages);
        if (list.length > 1) expect(JSON.stringify(list).length).toBeLessThanOrEqual(given.size);
      }
    }),
  );
});

it('hands on what it holds at a stop', async () => {
  const tested = stage(batch, { wait: '1h' }, { dataDir: tmpdir() });
  await tested.open();
  await tested.feed([{ n: 1 }, { n: 2 }]);
  expect([tested.facts(), tested.arrived['out']]).toEqual([{ lists: 1 }, []]);
  await tested.close(new AbortController().signal);
  expect(tested.arrived['out']).toEqual([[{ n: 1 }, { n: 2 }]]);
});

it('goes on after a crash with what it held', async () => {
  const state = new MemoryLog();
  const given = { dataDir: tmpdir(), state };
  const killed = stage(batch, { messages: 3, wait: '1h' }, given);
  await killed.open();
  await killed.feed([{ n: 1 }, { n: 2 }]);
  await expect.poll(async () => (await state.state()).last, { timeout: 30_000 }).toBeGreaterThan(0);
  const next = stage(batch, { messages: 3, wait: '1h' }, given);
  await next.open();
  await next.feed([{ n: 3 }, { n: 4 }]);
  await next.close(new AbortController().signal);
  expect([killed.arrived['out'], next.arrived['out']]).toEqual([[], [[{ n: 1 }, { n: 2 }, { n: 3 }], [{ n: 4 }]]]);
});
