import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from './counters.ts';
import { makeCut } from './cut.ts';
import { FatalFault, InvalidMessage, SomeFailed, TransientFault } from './fault.ts';
import { latencyClass } from './latency.ts';
import { type Batch, Message } from './message.ts';
import { retrying } from './retry.ts';
import { runOutput } from './run-output.ts';
import type { World } from './world.ts';

const reasons = ['invalid', 'failed', 'stopped', 'full'];
const plan = {
  flow: 'test',
  components: [{ id: 'out', type: 'sink', index: 0, category: 'output', outgoing: [], isKept: false }],
  connections: [],
  order: [0],
} as const;

/** An output by itself, with everything that it told the world. */
const output = (
  handler: (batch: Batch, drop: (count: number) => void) => void | Promise<void>,
  { isKept = false, letterKept }: { readonly isKept?: boolean; readonly letterKept?: Promise<void> } = {},
) => {
  const counters = new Counters(plan, () => reasons);
  const reports: string[] = [];
  const letters: unknown[] = [];
  const failures: string[] = [];
  const stopping = new AbortController();
  let given = 0;
  const world = {
    counters,
    now: () => 40,
    random: () => 0.5,
    enter: () => undefined,
    wait: async (_: number, signal: AbortSignal) => signal.throwIfAborted(),
    report: (_: number, state: string, sentence: string) => reports.push(`${state}: ${sentence}`),
    invalid: ({ message, sentence }) => {
      counters.addDropped(0, 'invalid', 1);
      letters.push([message?.payload, sentence]);
      return letterKept;
    },
  } as Partial<World> as World;
  const cut = makeCut();
  const drop = (count: number): void => {
    counters.addDropped(0, 'full', count);
    given += count;
  };
  const deliver = runOutput({
    index: 0,
    port: 'in',
    isKept,
    takesSeveral: false,
    handler: (batch) => handler(batch, drop),
    world,
    retry: retrying(0, world, stopping.signal),
    cut,
    answers: undefined,
    isStopping: () => stopping.signal.aborted,
    gaveUp: () => given,
    fail: ({ message }) => failures.push(message),
  });
  const feed = async (payloads: readonly unknown[]): Promise<void> =>
    deliver(payloads.map((payload, index) => new Message(payload, 0, 'test', index)));
  return { feed, counters, reports, letters, failures, stop: () => (stopping.abort(), cut.now()) };
};
const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

describe('an output', () => {
  it('counts how long those were on their way that it has handed out, and no others', async () => {
    const handed = output((batch) => {
      if (batch[1]?.payload === 'bad') throw new InvalidMessage('bad', { at: 1 });
    });
    await handed.feed(['good', 'bad', 'good']);
    const classes = handed.counters.latencyOf(0)!;
    expect([classes[latencyClass(40)], sumOf(Object.fromEntries(classes.entries()))]).toEqual([2, 2]);
  });

  it.each([
    ['a RangeError', () => new RangeError('Maximum call stack size exceeded')],
    ['a TypeError', () => new TypeError('x is not a function')],
    ['a text', () => 'no'],
    ['an abort of its own', () => new DOMException('its own', 'AbortError')],
    ['a fault that gives up after three tries', () => new TransientFault('refused', { tries: 3 })],
  ])('that throws %s for one message gives up that one alone, after three tries', async (_, thrown) => {
    const tries = new Map<unknown, number>();
    const done: unknown[] = [];
    const { feed, counters, letters, failures } = output((batch) => {
      for (const { payload } of batch) tries.set(payload, (tries.get(payload) ?? 0) + 1);
      if (batch.some(({ payload }) => payload === 3)) throw thrown() as Error;
      done.push(...batch.map(({ payload }) => payload));
    });
    await feed([1, 2, 3, 4, 5]);
    await feed([6]);
    expect(done).toEqual([1, 2, 4, 5, 6]);
    expect(letters).toEqual([[3, expect.stringMatching(/ \(tried 3 times\)$/)]]);
    // once with the others, and then three times
    expect(tries.get(3)).toBe(4);
    expect(failures).toEqual([]);
    expect(counters.component(0)).toMatchObject({ in: 6, out: 5, dropped: { invalid: 1 } });
  });

  it('says that it waits no longer when what it waited for became a fault of the message', async () => {
    let tries = 0;
    const { feed, reports, letters } = output(() => {
      tries += 1;
      if (tries === 1) throw new TransientFault('it answered 503');
      throw new InvalidMessage('it answered 400');
    });
    await feed([1]);
    expect(reports).toEqual(['waiting: it answered 503; trying again', 'running: ']);
    expect(letters).toEqual([[1, 'it answered 400']]);
  });

  it('counts what the buffer before it drops meanwhile beside what it has handed over', async () => {
    const { feed, counters } = output(() => counters.addDropped(0, 'full', 100));
    await feed(Array.from({ length: 100 }, (_, index) => index));
    expect(counters.component(0)).toMatchObject({ in: 100, out: 100, dropped: { full: 100 } });
  });

  it('gives up those of a batch that can never work, tries those again that may, and repeats none that is done', async () => {
    const tried: unknown[][] = [];
    const { feed, counters, letters, reports } = output((batch) => {
      tried.push(batch.map(({ payload }) => payload));
      if (tried.length > 1) return;
      throw new SomeFailed(
        new Map<number, InvalidMessage | TransientFault>([
          [1, new InvalidMessage('nobody wants it')],
          [3, new TransientFault('too many at once', { afterMs: 500 })],
        ]),
      );
    });
    await feed(['a', 'b', 'c', 'd', 'e']);
    expect(tried).toEqual([['a', 'b', 'c', 'd', 'e'], ['d']]);
    expect(letters).toEqual([['b', 'nobody wants it']]);
    expect(reports[0]).toBe('waiting: too many at once; trying again');
    expect(counters.component(0)).toMatchObject({ in: 5, out: 4, dropped: { invalid: 1 } });
  });

  it('repeats nothing that went through before the far side was away, and never tries the rest one by one', async () => {
    const tried: unknown[][] = [];
    const { feed, counters, letters } = output((batch) => {
      tried.push(batch.map(({ payload }) => payload));
      if (tried.length === 1) throw new TransientFault('away');
      if (tried.length === 2) throw new TransientFault('away', { at: 2 });
      if (tried.length === 3) throw new InvalidMessage('wrong', { at: 1 });
    });
    await feed([1, 2, 3, 4, 5]);
    expect(tried).toEqual([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [3, 4, 5], [5]]);
    expect(letters).toEqual([[4, 'wrong']]);
    expect(counters.component(0)).toMatchObject({ in: 5, out: 4, dropped: { invalid: 1 } });
  });

  it('does the rest one by one where one message is at fault and nobody says which', async () => {
    const tried: unknown[][] = [];
    const { feed, letters } = output((batch) => {
      tried.push(batch.map(({ payload }) => payload));
      if (batch.some(({ payload }) => payload === 2)) throw new InvalidMessage('wrong');
    });
    await feed([1, 2, 3]);
    expect([tried, letters]).toEqual([[[1, 2, 3], [1], [2], [3]], [[2, 'wrong']]]);
  });

  it('is done with a batch when the dead letters of it are on disk, and waits for those no longer', async () => {
    let isOnDisk = () => undefined as void;
    const letterKept = new Promise<void>((resolve) => (isOnDisk = resolve));
    const wrong = (batch: Batch) => {
      if (batch[0]!.payload !== 'good') throw new InvalidMessage('wrong', { at: 0 });
    };
    const { feed } = output(wrong, { isKept: true, letterKept });
    let isDone = false;
    const end = feed(['bad', 'worse']).then(() => (isDone = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    isOnDisk();
    await end;
    expect(await feed(['good'])).toBeUndefined();
  });

  it('fails with a batch whose dead letter cannot be kept', async () => {
    const letterKept = Promise.reject(new Error('no disk'));
    letterKept.catch(() => undefined);
    const wrong = () => {
      throw new InvalidMessage('wrong', { at: 0 });
    };
    await expect(output(wrong, { isKept: true, letterKept }).feed([1])).rejects.toThrow('no disk');
  });

  it.each([
    [false, { failed: 6 }],
    [true, { failed: 0 }],
  ])('takes nothing more once it is broken, and counts it where it is not on disk: %s', async (isKept, dropped) => {
    let calls = 0;
    const breaking = () => {
      calls += 1;
      throw new FatalFault('the disk is gone');
    };
    const { feed, counters, failures } = output(breaking, { isKept });
    const ends = await Promise.allSettled([feed([1, 2]), feed([3, 4, 5]), feed([6])]);
    expect(ends.map((end) => end.status === 'rejected' && (end.reason as Error).message)).toEqual(
      Array(3).fill('the disk is gone'),
    );
    expect([calls, failures]).toEqual([1, ['the disk is gone']]);
    expect(counters.component(0)).toMatchObject({ in: 6, out: 0, dropped });
  });

  it('takes one batch after the other', async () => {
    const happened: string[] = [];
    const ends: (() => void)[] = [];
    const { feed } = output(async ([first]) => {
      happened.push(`${String(first!.payload)} begins`);
      await new Promise<void>((resolve) => ends.push(resolve));
      happened.push(`${String(first!.payload)} ends`);
    });
    const all = [feed([1]), feed([2]), feed([3])];
    for (let n = 0; n < 3; n += 1) {
      while (ends.length <= n) await new Promise((resolve) => setImmediate(resolve));
      ends[n]!();
    }
    await Promise.all(all);
    expect(happened).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
  });

  it('ends what a handler never ends, once the flow has ended', async () => {
    const { feed, counters, stop } = output(() => new Promise(() => undefined));
    const ends = [feed([1, 2]), feed([3])].map((end) => end.catch((thrown: Error) => thrown.name));
    stop();
    expect(await Promise.all(ends)).toEqual(['AbortError', 'AbortError']);
    expect(counters.component(0)).toMatchObject({ in: 3, out: 0, dropped: { stopped: 3 } });
  });
});

describe('any output', () => {
  /** What a handler does when it is called; `at` may lie outside of the batch. */
  const act = fc.record({
    how: fc.constantFrom('done', 'drops', 'invalid', 'transient', 'tries', 'error', 'abort', 'fatal'),
    at: fc.option(fc.integer({ min: -1, max: 6 }), { nil: undefined }),
    isSlow: fc.boolean(),
  });

  it('counts each message once, whatever its handler does and whenever the flow stops', async () => {
    const script = fc.array(act, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        script,
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
        fc.nat(40),
        async (acts, sizes, stopAfter) => {
          let next = 0;
          const { feed, counters, stop, letters } = output((batch, drop) => {
            const { how, at, isSlow } = acts[next++] ?? { how: 'done', at: undefined, isSlow: false };
            if (next > stopAfter) stop();
            const place = at === undefined ? {} : { at };
            const behave = (): void => {
              if (how === 'drops') drop(Math.min(batch.length, 2));
              if (how === 'invalid') throw new InvalidMessage('wrong', place);
              if (how === 'transient') throw new TransientFault('away', place);
              if (how === 'tries') throw new TransientFault('refused', { ...place, tries: 2 });
              if (how === 'error') throw new TypeError('unexpected');
              if (how === 'abort') throw new DOMException('its own', 'AbortError');
              if (how === 'fatal') throw new FatalFault('broken');
            };
            return isSlow ? new Promise((resolve) => setImmediate(resolve)).then(behave) : behave();
          });
          await Promise.allSettled(
            sizes.map(async (size, n) => feed(Array.from({ length: size }, (_, m) => `${n}.${m}`))),
          );
          const { in: taken, out, dropped } = counters.component(0);
          expect(taken).toBe(sizes.reduce((a, b) => a + b, 0));
          expect(out + sumOf(dropped)).toBe(taken);
          expect(dropped['invalid']).toBe(letters.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});
