import { setTimeout as sleep } from 'node:timers/promises';
import { Flow } from '@semstreams/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LogFull } from './block-log.ts';
import { collect, type Collection } from './collect.ts';
import { defineComponent, engineDrops, input, output } from './component.ts';
import { Counters } from './counters.ts';
import { FatalFault, InvalidMessage, TransientFault } from './fault.ts';
import { handInMemory } from './hand-on.ts';
import { MemoryLog } from './memory-log.ts';
import type { Batch } from './message.ts';
import { planFlow } from './plan.ts';
import { runFlow } from './run-flow.ts';
import type { World } from './world.ts';

const described = { title: 'Test', summary: 'For tests.', icon: 'box', examples: [] } as const;
const hows = ['well', 'slow', 'invalid', 'transient', 'error', 'fatal', 'hangs', 'deaf'] as const;
type How = (typeof hows)[number];

/** What a component does at its turn. One that is deaf does not even end when it is told to. */
const behave = async (how: How, signal: AbortSignal): Promise<void> => {
  if (how === 'slow') await sleep(2, undefined, { signal });
  if (how === 'invalid') throw new InvalidMessage('wrong', { at: 0 });
  if (how === 'transient') throw new TransientFault('away');
  if (how === 'error') throw new TypeError('unexpected');
  if (how === 'fatal') throw new FatalFault('broken');
  if (how === 'hangs') await sleep(1e6, undefined, { signal });
  if (how === 'deaf') await new Promise(() => undefined);
};

interface Drawn {
  readonly processor: readonly How[];
  readonly output: readonly How[];
  readonly close: How;
  readonly delivery: 'live' | 'guaranteed';
  readonly log: 'open' | 'full';
}

/** A flow of an input, a processor that takes its time, and an output, over a log that outlives it. */
const build = ({ processor, output: outputs, close, delivery, log }: Drawn) => {
  let collection: Collection | undefined;
  let push = (_: number): void => undefined;
  const delivered: number[] = [];
  const script = (acts: readonly How[]) => {
    let next = 0;
    return (): How => acts[next++] ?? 'well';
  };
  const source = defineComponent({
    ...described,
    type: 'source',
    category: 'input',
    ports: { out: output('json') },
    config: z.unknown(),
    create: ({ emit, io }) => {
      const taken = collect({ emit: (batch) => emit(batch), io, limit: 1000 });
      collection = taken;
      push = (n) => taken.push(io.message(n));
      return { close: () => taken.drained() };
    },
  });
  const change = defineComponent({
    ...described,
    type: 'change',
    category: 'processor',
    ports: { in: input('json'), out: output('json') },
    config: z.unknown(),
    create: ({ io }) => {
      const next = script(processor);
      return { in: async (message) => behave(next(), io.signal).then(() => ({ out: message })) };
    },
  });
  const sink = defineComponent({
    ...described,
    type: 'sink',
    category: 'output',
    ports: { in: input('json') },
    config: z.unknown(),
    create: ({ io }) => {
      const next = script(outputs);
      return {
        in: async (batch: Batch) => {
          await behave(next(), io.signal);
          delivered.push(...batch.map(({ payload }) => payload as number));
        },
        close: async () => behave(close === 'deaf' ? 'deaf' : 'well', io.signal),
      };
    },
  });
  const types = new Map([source, change, sink].map((definition) => [definition.type, definition]));
  const flow = Flow.parse({
    id: 'test',
    name: 'Test',
    components: ['source', 'change', 'sink'].map((type) => ({ id: type, type })),
    connections: [
      { from: 'source', to: 'change', delivery: 'live' },
      { from: 'change', to: 'sink', delivery },
    ],
  });
  const plan = planFlow(flow, types);
  const counters = new Counters(plan, () => Object.keys(engineDrops));
  const blocks = new MemoryLog();
  const full = Object.assign(new MemoryLog(), { append: () => Promise.reject(new LogFull('full')) });
  const world: World = {
    dataDir: '/nowhere',
    counters,
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0,
    wait: async (ms, signal) => sleep(Math.min(ms, 100) / 20, undefined, { signal }),
    enter: () => undefined,
    report: () => undefined,
    openState: () => new MemoryLog(),
    openLog: () => (log === 'full' ? full : blocks),
    hand: handInMemory,
    invalid: () => undefined,
    failed: () => undefined,
  };
  const running = runFlow(
    plan,
    flow.components.map(({ type }) => ({ definition: types.get(type)!, config: {} })),
    world,
  );
  const dropped = (): number => plan.components.reduce((sum, { index }) => sum + counters.droppedOf(index), 0);
  return {
    running,
    counters,
    delivered,
    push: (n: number) => push(n),
    drained: async () => collection!.drained(),
    dropped,
    onDisk: () => counters.connection(1).waiting,
  };
};

const acts = fc.array(fc.constantFrom(...hows), { maxLength: 6 });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  processor: acts,
  output: acts,
  close: fc.constantFrom<How>('well', 'deaf'),
  delivery: fc.constantFrom('live', 'guaranteed'),
  log: fc.constantFrom('open', 'open', 'full'),
});

describe('a stop', () => {
  it('ends in time whatever the components do, and all that came in is delivered, counted or on disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        drawn,
        fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }),
        fc.nat(8),
        async (how, sizes, afterMs) => {
          const { running, push, delivered, dropped, onDisk, counters } = build(how);
          await running.open();
          let sent = 0;
          for (const size of sizes) {
            for (let n = 0; n < size; n += 1) push(sent++);
            await sleep(0);
          }
          await sleep(afterMs);
          const late = sleep(2000).then(() => 'late');
          const closed = running.close(AbortSignal.timeout(20)).then(
            () => 'closed',
            (thrown: Error) => thrown.message,
          );
          const end = await Promise.race([closed, late]);
          expect(end).toBe(how.close === 'deaf' ? '"sink" did not close in time' : 'closed');
          const before = delivered.length;
          // a block that was under way comes again, whatever was done of it
          const isRepeated = how.delivery === 'guaranteed';
          const found = (): number => before + dropped() + onDisk();
          if (isRepeated) expect(found()).toBeGreaterThanOrEqual(sent);
          else expect(found()).toBe(sent);
          const foundBefore = found();
          expect(delivered).toEqual([...delivered].sort((a, b) => a - b));
          // what still comes is counted, and nothing of it goes on
          push(sent++);
          for (let tries = 0; found() === foundBefore && tries < 500; tries += 1) await sleep(1);
          expect(delivered.length).toBe(before);
          expect(found()).toBe(foundBefore + 1);
          expect(counters.component(0).in).toBeLessThanOrEqual(sent);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['an output without a receiver', { output: ['hangs'], delivery: 'live', log: 'open' }],
    ['an output that does not even end when it is told to', { output: ['deaf'], delivery: 'live', log: 'open' }],
    ['a buffer that is full', { output: [], delivery: 'guaranteed', log: 'full' }],
  ] as const)('counts what waited before %s', async (_, how) => {
    const { running, push, dropped, delivered, drained } = build({ processor: [], close: 'well', ...how });
    await running.open();
    push(0);
    await sleep(5);
    for (let n = 1; n < 500; n += 1) push(n);
    await running.close(AbortSignal.timeout(20));
    await drained();
    expect([delivered, dropped()]).toEqual([[], 500]);
  });
});
