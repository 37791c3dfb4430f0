import { describe, expect, it } from 'vitest';
import { Counters } from './counters.ts';
import { makeCut } from './cut.ts';
import { FatalFault, InvalidMessage, TransientFault } from './fault.ts';
import { limits } from './limits.ts';
import { type Batch, Message } from './message.ts';
import { originOf } from './origins.ts';
import { retrying } from './retry.ts';
import { type Handler, runProcessor } from './run-processor.ts';
import type { World } from './world.ts';

const plan = {
  flow: 'test',
  components: [{ id: 'p', type: 'step', index: 0, category: 'processor', outgoing: [], isKept: false }],
  connections: [],
  order: [0],
} as const;

/** A processor by itself, with what it handed on and all that it told the world. */
const processor = (
  handler: Handler,
  { isKept = false, letterKept }: { readonly isKept?: boolean; readonly letterKept?: Promise<void> } = {},
) => {
  const counters = new Counters(plan, () => ['invalid', 'failed', 'stopped']);
  const stopping = new AbortController();
  const handedOn: unknown[][] = [];
  const origins: unknown[] = [];
  const told: unknown[] = [];
  const gate: { end?: Promise<void> } = {};
  const world = {
    counters,
    random: () => 0.5,
    enter: (component: number) => told.push(['enter', component]),
    wait: async (_: number, signal: AbortSignal) => signal.throwIfAborted(),
    report: (_: number, state: string, sentence: string) => told.push([state, sentence]),
    invalid: ({ component, port, message, sentence }, wasKept) => {
      told.push(['invalid', component, port, message?.payload, sentence, wasKept]);
      return letterKept;
    },
  } as Partial<World> as World;
  const deliver = runProcessor({
    index: 0,
    port: 'in',
    isKept,
    handler,
    ports: [
      {
        name: 'out',
        deliver: (batch, origin) => {
          handedOn.push(batch.map(({ payload }) => payload));
          origins.push(origin);
          return gate.end;
        },
      },
    ],
    world,
    retry: retrying(0, world, stopping.signal),
    cut: makeCut(),
    answers: undefined,
    isStopping: () => stopping.signal.aborted,
    fail: ({ message }) => told.push(['failed', message]),
  });
  const letters = () => told.filter((each) => (each as unknown[])[0] === 'invalid');
  return { deliver, counters, handedOn, origins, told, letters, gate, stop: () => stopping.abort() };
};
const numbers = (...payloads: number[]): Batch => payloads.map((n) => new Message(n, 1, 'test.a.1', n));
const double: Handler = (message) => ({ out: message.with((message.payload as number) * 2) });
/** Does as the first one says for one payload, and doubles all others. */
const but =
  (payload: number, how: Handler): Handler =>
  (message) =>
    message.payload === payload ? how(message) : double(message);
const throwing = (thrown: unknown) => (): never => {
  throw thrown;
};

describe('a processor', () => {
  it('hands on in one batch what it made of one, at once, with where that came of', () => {
    const { deliver, handedOn, origins, counters, told } = processor(but(2, () => undefined));
    const batch = numbers(1, 2, 3);
    const origin = originOf('a', 's1', 1, batch);
    expect(deliver(batch, origin)).toBeUndefined();
    expect([handedOn, origins, told]).toEqual([[[2, 6]], [origin], [['enter', 0]]]);
    expect(counters.component(0)).toMatchObject({ in: 3, out: 2, errors: 0 });
  });

  it('waits as those behind it do', async () => {
    const { deliver, gate } = processor(double);
    gate.end = Promise.resolve();
    expect(deliver(numbers(1))).toBe(gate.end);
    await gate.end;
  });

  it.each([
    ['at once', but(2, throwing(new InvalidMessage('two is not wanted'))), 'two is not wanted'],
    ['at once, by anything else', but(2, throwing('two')), 'two'],
    ['later', but(2, async () => throwing(new InvalidMessage('two is not wanted'))()), 'two is not wanted'],
    ['by what it returns', but(2, () => ({ out: 5 }) as never), /for the port "out" that is no message/],
    ['by what it returns later', but(2, async () => ({ oops: 5 }) as never), /for the port "oops", which it does not/],
  ])('gives up a message that can never work %s, and goes on with the next', async (_, handler, sentence) => {
    for (const isKept of [false, true]) {
      const { deliver, handedOn, letters } = processor(handler, { isKept });
      await deliver(numbers(1, 2, 3));
      const said = typeof sentence === 'string' ? sentence : expect.stringMatching(sentence);
      expect([handedOn, letters()]).toEqual([[[2, 6]], [['invalid', 0, 'in', 2, said, isKept]]]);
    }
  });

  it('is done with a batch when the dead letters of it are on disk', async () => {
    let isOnDisk = () => undefined as void;
    const letterKept = new Promise<void>((resolve) => (isOnDisk = resolve));
    const { deliver, handedOn } = processor(but(2, throwing('two')), { isKept: true, letterKept });
    let isDone = false;
    const end = deliver(numbers(1, 2, 3))!.then(() => (isDone = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([isDone, handedOn]).toEqual([false, [[2, 6]]]);
    isOnDisk();
    await end;
  });

  it.each([
    ['at once', (thrown: unknown): Handler => throwing(thrown)],
    [
      'later',
      (thrown: unknown): Handler =>
        async () =>
          throwing(thrown)(),
    ],
  ])('tries again what did not work now, in its place: %s', async (_, make) => {
    let tries = 0;
    const { deliver, handedOn, told } = processor((message) => {
      if (message.payload !== 2) return double(message);
      tries += 1;
      if (tries < 3) return make(new TransientFault('the sensor sleeps'))(message);
      return double(message);
    });
    await deliver(numbers(1, 2, 3));
    expect([handedOn, tries]).toEqual([[[2, 4, 6]], 3]);
    expect(told.slice(1)).toEqual([
      ['waiting', 'the sensor sleeps; trying again'],
      ['waiting', 'the sensor sleeps; trying again'],
      ['running', ''],
    ]);
  });

  it('gives up one that was tried as often as it may, and one that becomes invalid when it is tried', async () => {
    let tries = 0;
    const { deliver, handedOn, letters } = processor((message) => {
      if (message.payload === 1) throw new TransientFault('odd', { tries: 2 });
      if (message.payload === 2 && (tries += 1) === 1) throw new TransientFault('later');
      if (message.payload === 2) throw new InvalidMessage('never');
      return double(message);
    });
    await deliver(numbers(1, 2, 3));
    expect(handedOn).toEqual([[6]]);
    expect(letters()).toEqual([
      ['invalid', 0, 'in', 1, 'odd (tried 2 times)', false],
      ['invalid', 0, 'in', 2, 'never', false],
    ]);
  });

  it.each([
    ['at once', but(2, throwing(new FatalFault('the model is gone')))],
    ['later', but(2, async () => throwing(new FatalFault('the model is gone'))())],
  ])('ends the flow where it cannot go on, after what it had made, and counts the rest: %s', async (_, handler) => {
    const { deliver, handedOn, counters, told } = processor(handler);
    await expect(deliver(numbers(1, 2, 3))).rejects.toThrow('the model is gone');
    expect(handedOn).toEqual([[2]]);
    expect(told).toContainEqual(['failed', 'the model is gone']);
    expect(counters.component(0)).toMatchObject({ in: 3, out: 1, dropped: { failed: 2, stopped: 0, invalid: 0 } });
  });

  it('hands on and counts nothing of what comes again from the disk where it cannot go on', async () => {
    const { deliver, handedOn, counters } = processor(but(2, throwing(new FatalFault('gone'))), { isKept: true });
    await expect(deliver(numbers(1, 2, 3))).rejects.toThrow('gone');
    expect([handedOn, counters.droppedOf(0), counters.outOf(0)]).toEqual([[], 0, 0]);
  });

  it.each([
    [false, 3],
    [true, 0],
  ])('counts all that is in its hands when the flow stops, where it is not on disk: %s', async (isKept, stopped) => {
    const abort = new DOMException('stopped', 'AbortError');
    const { deliver, handedOn, counters, told, stop } = processor(
      but(2, async () => (stop(), throwing(abort)())),
      {
        isKept,
      },
    );
    await expect(deliver(numbers(1, 2, 3))).rejects.toBe(abort);
    expect([handedOn, counters.component(0).dropped]).toEqual([[], { invalid: 0, failed: 0, stopped }]);
    expect(told).toEqual([['enter', 0]]);
  });

  it('takes an abort of its own for a fault of the message', async () => {
    const abort = new DOMException('its own', 'AbortError');
    const { deliver, handedOn, letters } = processor(but(2, throwing(abort)));
    await deliver(numbers(1, 2, 3));
    expect([handedOn, letters()]).toEqual([[[2, 6]], [['invalid', 0, 'in', 2, 'its own', false]]]);
  });

  it('hands on in parts where it makes much of little, and goes on when those behind it can', async () => {
    const much: Handler = (message) => ({
      out: new Message(message.payload, 1, 'test.a.1', 1, {}, undefined, limits.made),
    });
    const { deliver, handedOn, origins, gate, counters } = processor(much);
    let goOn = () => undefined as void;
    gate.end = new Promise((resolve) => (goOn = resolve));
    const batch = numbers(1, 2, 3);
    const origin = originOf('a', 's1', 1, batch);
    const end = deliver(batch, origin);
    await new Promise((resolve) => setImmediate(resolve));
    const before = [...handedOn];
    goOn();
    await end;
    expect(handedOn.flat()).toEqual([1, 2, 3]);
    expect([before.length, origins.every((each) => each === origin)]).toEqual([1, true]);
    expect(counters.outOf(0)).toBe(3);
  });

  it('keeps the order where some take time', async () => {
    const slow: Handler = async (message) => {
      for (let turn = 0; turn < 3 - (message.payload as number); turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      return double(message);
    };
    const { deliver, handedOn } = processor(slow);
    await deliver(numbers(1, 2, 3));
    expect(handedOn).toEqual([[2, 4, 6]]);
  });
});
