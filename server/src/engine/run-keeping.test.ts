import { setTimeout as sleep } from 'node:timers/promises';
import { Flow } from '@semstreams/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ComponentDefinition, defineComponent, input, output } from './component.ts';
import { Counters } from './counters.ts';
import { emptyHand, type Hand } from './hand-on.ts';
import { MemoryLog } from './memory-log.ts';
import { type Life, mortal } from './mortal-log.ts';
import { planFlow } from './plan.ts';
import { runFlow } from './run-flow.ts';
import type { World } from './world.ts';

const described = { title: 'Test', summary: 'For tests.', icon: 'box', config: z.strictObject({}), examples: [] };

/** Says of each number how many of its remainder there have been. */
const count = defineComponent({
  ...described,
  type: 'count',
  category: 'processor',
  ports: { in: input('json'), out: output('json') },
  keepsState: true,
  create: ({ io }) => {
    const counts = io.kept<number>('counts', { most: 100 });
    return {
      in: (message) => {
        const n = message.payload as number;
        const key = String(n % 3);
        const next = (counts.get(key) ?? 0) + 1;
        counts.set(key, next);
        return n % 4 === 0 ? undefined : { out: message.with(`${key}: ${next}`) };
      },
    };
  },
});

const sink = (arrived: unknown[]) =>
  defineComponent({
    ...described,
    type: 'sink',
    category: 'output',
    ports: { in: input('json') },
    create: () => ({ in: (batch) => void arrived.push(...batch.map(({ payload }) => payload)) }),
  });

/** An input that a test emits from, as senders do that send again what was not acknowledged. */
const source = (emits: { send?: (position: number, numbers: readonly number[]) => Promise<void> }) =>
  defineComponent({
    ...described,
    type: 'source',
    category: 'input',
    ports: { out: output('json') },
    create: ({ io, emit }) => {
      emits.send = async (position, numbers) =>
        emit(numbers.map((n) => io.message(n).at({ source: 'sender', sequence: position * 100 + n })));
      return {};
    },
  });

const guaranteed = { delivery: 'guaranteed' } as const;
const flow = Flow.parse({
  id: 'test',
  name: 'Test',
  components: [
    { id: 'from', type: 'source' },
    { id: 'count', type: 'count' },
    { id: 'again', type: 'count' },
    { id: 'to', type: 'sink' },
  ],
  connections: [
    { from: 'from', to: 'count', ...guaranteed },
    { from: 'count', to: 'to', ...guaranteed },
    { from: 'from', to: 'again' },
    { from: 'again', to: 'to', ...guaranteed },
  ],
});

/** The flow over logs that outlive it. */
const lives = () => {
  const logs = new Map<string, MemoryLog>();
  const hands = new Map<string, Hand>();
  const logOf = (name: string) => logs.get(name) ?? logs.set(name, new MemoryLog()).get(name)!;
  let starts = 0;
  const begin = (calls = Infinity, more: { components?: readonly { id: string; type: string }[] } = {}) => {
    const life: Life = { calls, dead: new AbortController() };
    const arrived: unknown[] = [];
    const emits: Parameters<typeof source>[0] = {};
    const failures: string[] = [];
    const types = new Map<string, ComponentDefinition>(
      [source(emits), count, { ...count, type: 'other' }, sink(arrived)].map((each) => [each.type, each]),
    );
    const plan = planFlow({ ...flow, ...(more as Partial<Flow>) }, types);
    starts += 1;
    const world: World = {
      dataDir: '/nowhere',
      counters: new Counters(plan, () => ['overflow', 'invalid', 'failed', 'stopped']),
      now: () => starts,
      random: () => 0.5,
      wait: async (_, signal) => sleep(0, undefined, { signal }),
      enter: () => undefined,
      report: () => undefined,
      monotonic: () => performance.now(),
      openLog: ({ title }) => mortal(logOf(title), life),
      openState: (index) => mortal(logOf(`state ${index}`), life),
      hand: ({ title }) => ({
        read: () => hands.get(title) ?? emptyHand,
        // a message is put aside when it was in hand at three kills in a row, which is not what is tried here
        note: (hand) => void (life.calls > 0 && hands.set(title, { ...hand, stops: Math.min(1, hand.stops) })),
      }),
      invalid: ({ sentence }) => void failures.push(sentence),
      failed: (_, fault) => void failures.push(fault.message),
    };
    const running = runFlow(
      plan,
      plan.components.map(({ type }) => ({ definition: types.get(type)!, config: {} })),
      world,
    );
    const kill = () => {
      life.calls = 0;
      life.dead.abort();
    };
    return {
      running,
      life,
      kill,
      arrived,
      failures,
      send: async (...given: [number, number[]]) => emits.send!(...given),
    };
  };
  return { begin, logOf };
};

const forEver = new AbortController().signal;
const expected = (numbers: readonly number[]): string[] => {
  const counts = new Map<number, number>();
  return numbers.flatMap((n) => {
    counts.set(n % 3, (counts.get(n % 3) ?? 0) + 1);
    return n % 4 === 0 ? [] : [`${n % 3}: ${counts.get(n % 3)}`];
  });
};
const until = async (what: string, holds: () => boolean) => {
  for (let turn = 0; turn < 3000; turn += 1) {
    if (holds()) return;
    await sleep(1);
  }
  throw new Error(`waited in vain until ${what}`);
};

describe('what a component keeps', () => {
  it('is there again after a stop, and behind live connections as well', async () => {
    const { begin } = lives();
    const arrived: unknown[] = [];
    for (const [position, numbers] of [
      [1, [1, 2, 3]],
      [2, [5, 6, 7]],
    ] as const) {
      const run = begin();
      await run.running.open();
      await run.send(position, [...numbers]);
      await until('all are there', () => run.arrived.length === 6);
      await run.running.close(forEver);
      expect(run.failures).toEqual([]);
      arrived.push(...run.arrived);
    }
    const once = expected([1, 2, 3, 5, 6, 7]);
    expect(arrived.toSorted()).toEqual([...once, ...once].toSorted());
  });

  it('is exact whenever it is killed, as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 3, max: 40 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
        async (deaths, sizes) => {
          const { begin } = lives();
          let count = 0;
          const batches = sizes.map((size) => Array.from({ length: size }, () => (count += 1)));
          let acknowledged = 0;
          const sendRest = async (send: (position: number, numbers: number[]) => Promise<void>) => {
            for (let at = acknowledged; at < batches.length; at += 1) {
              await send(at, batches[at]!);
              acknowledged = at + 1;
            }
          };
          const arrived: unknown[] = [];
          for (const calls of deaths) {
            const { running, life, kill, send, arrived: here } = begin(calls);
            const died = new Promise((resolve) => life.dead.signal.addEventListener('abort', resolve));
            const sent = running.open().then(async () => sendRest(send));
            sent.catch(() => undefined);
            await Promise.race([died, sleep(25)]);
            kill();
            arrived.push(...here);
          }
          const last = begin();
          await last.running.open();
          await sendRest(last.send);
          const wanted = expected(batches.flat());
          const here = () => [...arrived, ...last.arrived];
          // the output may have been handed something twice; of what was kept for it each count is there, and no other
          await until('each count is there', () => new Set(here()).size >= wanted.length);
          await sleep(2);
          await last.running.close(forEver);
          expect([...new Set(here())].toSorted()).toEqual(wanted.toSorted());
          expect(last.failures).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('is begun anew by a component of another type', async () => {
    const { begin } = lives();
    const first = begin();
    await first.running.open();
    await first.send(1, [1]);
    await until('it is there', () => first.arrived.length === 2);
    await first.running.close(forEver);
    const components = flow.components.map(({ id, type }) => ({ id, type: id === 'count' ? 'other' : type }));
    const second = begin(Infinity, { components });
    await second.running.open();
    await second.send(2, [1]);
    await until('it is there', () => second.arrived.length === 2);
    await second.running.close(forEver);
    expect(second.arrived.toSorted()).toEqual(['1: 1', '1: 2']);
  });

  it('is told where it is damaged, and the flow goes on', async () => {
    const { begin, logOf } = lives();
    const first = begin();
    await first.running.open();
    await first.send(1, [1]);
    await first.running.close(forEver);
    const log = logOf('state 1');
    const { first: oldest, last } = await log.state();
    for (let at = oldest; at <= last; at += 1) log.remove(at);
    const second = begin();
    await second.running.open();
    await second.send(2, [2]);
    await until('it is there', () => second.arrived.length >= 2);
    await second.running.close(forEver);
    expect(second.failures[0]).toContain('cannot be read: it is gone');
  });
});
