import { describe, expect, it } from 'vitest';
import { Flow } from '@semstreams/contract';
import { z } from 'zod';
import { stillClock } from './still-clock.ts';
import { defineComponent, input, type Io, output, type Timed } from './component.ts';
import { Counters } from './counters.ts';
import { FatalFault, InvalidMessage, TransientFault } from './fault.ts';
import { handInMemory } from './hand-on.ts';
import { MemoryLog } from './memory-log.ts';
import type { Message } from './message.ts';
import { planFlow } from './plan.ts';
import { runFlow } from './run-flow.ts';
import type { World } from './world.ts';

const described = { title: 'Test', summary: 'For tests.', icon: 'box', config: z.strictObject({}), examples: [] };
const forEver = new AbortController().signal;

/** Two components in a row that hold what comes, with time as a test makes it, before one that takes what they let go of. */
const held = (timed: (io: Io, held: Message[]) => Timed, more: { keepsState?: boolean } = {}) => {
  const clock = stillClock();
  const arrived: unknown[] = [];
  const told: unknown[] = [];
  const hold = defineComponent({
    ...described,
    ...more,
    type: 'hold',
    category: 'processor',
    ports: { in: input('json'), out: output('json') },
    create: ({ io }) => {
      const messages: Message[] = [];
      return { ...timed(io, messages), in: (message) => void messages.push(message) };
    },
  });
  const sink = defineComponent({
    ...described,
    type: 'sink',
    category: 'output',
    ports: { in: input('json') },
    create: () => ({ in: (batch) => void arrived.push(...batch.map(({ payload }) => payload)) }),
  });
  const types = new Map([hold, sink].map((each) => [each.type, each]));
  const flow = Flow.parse({
    id: 'test',
    name: 'Test',
    components: [
      { id: 'a', type: 'hold' },
      { id: 'b', type: 'hold' },
      { id: 'c', type: 'sink' },
    ],
    connections: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ],
  });
  const plan = planFlow(flow, types);
  const counters = new Counters(plan, () => ['overflow', 'invalid', 'failed', 'stopped']);
  const world: World = {
    dataDir: '/nowhere',
    counters,
    ...clock,
    random: () => 0.5,
    enter: () => undefined,
    report: (component, state, sentence) => told.push([component, state, sentence]),
    openLog: () => new MemoryLog(),
    openState: () => new MemoryLog(),
    hand: handInMemory,
    invalid: ({ component, sentence }) => void told.push([component, 'invalid', sentence]),
    failed: (component, fault) => told.push([component, 'failed', fault.message]),
  };
  const parts = plan.components.map(({ type }) => ({ definition: types.get(type)!, config: {} }));
  const running = runFlow(plan, parts, world);
  const feed = async (...numbers: number[]) => running.inject('a', 'in', numbers.map(String));
  return { clock, running, feed, arrived, told, counters };
};

describe('a component in time', () => {
  it('ticks every so often, whatever the clock on the wall says', async () => {
    const times: number[] = [];
    const { clock, running } = held((io) => ({ everyMs: 100, tick: () => void times.push(io.monotonic()) }));
    await running.open();
    await clock.pass(250);
    clock.jump(-3_600_000);
    await clock.pass(200);
    await running.close(forEver);
    await clock.pass(1000);
    expect(times).toEqual([100, 100, 200, 200, 300, 300, 400, 400]);
  });

  it('hands on and counts what a tick makes', async () => {
    const { clock, running, feed, arrived, counters } = held((_, messages) => ({
      everyMs: 100,
      tick: () => ({ out: messages.splice(0) }),
    }));
    await running.open();
    await feed(1, 2);
    expect(arrived).toEqual([]);
    await clock.pass(200);
    expect(arrived).toEqual([1, 2]);
    expect(counters.component(1)).toMatchObject({ in: 2, out: 2 });
    await running.close(forEver);
  });

  it('lets go of what it holds at the end, upstream first, while everything behind is open', async () => {
    const { running, feed, arrived, told } = held((_, messages) => ({ last: () => ({ out: messages.splice(0) }) }));
    await running.open();
    await feed(1, 2);
    await running.close(forEver);
    expect([arrived, told]).toEqual([[1, 2], []]);
  });

  it('waits until its time has come, and no longer than it runs', async () => {
    const ends: string[] = [];
    const { clock, running, feed } = held((io) => ({
      everyMs: 100,
      tick: async () => {
        await io.wait(50).then(
          () => ends.push('waited'),
          (thrown: Error) => ends.push(thrown.name),
        );
      },
    }));
    await running.open();
    await feed(1);
    await clock.pass(150);
    expect(ends).toEqual(['waited', 'waited']);
    await clock.pass(60);
    const deadline = new AbortController();
    const closed = running.close(deadline.signal);
    deadline.abort();
    await clock.pass(2000);
    await closed.catch(() => undefined);
    expect(ends).toEqual(['waited', 'waited', 'AbortError', 'AbortError']);
  });

  it.each([
    [new TransientFault('the far side is away'), [0, 'waiting', 'the far side is away; trying again']],
    [new InvalidMessage('it makes no sense'), [0, 'invalid', 'it makes no sense']],
    [new FatalFault('it cannot go on'), [0, 'failed', 'it cannot go on']],
    [new TypeError('a bug'), [0, 'failed', 'a bug']],
  ])('says %s', async (fault, expected) => {
    const { clock, running, told } = held(({ component }) => ({
      everyMs: 100,
      tick: () => {
        if (component === 'a') throw fault;
      },
    }));
    await running.open();
    await clock.pass(100);
    await running.close(forEver);
    expect(told[0]).toEqual(expected);
  });
});
