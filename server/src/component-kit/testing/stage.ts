import { type Connection, portsOf, portsWith } from '@semstreams/contract';
import { z } from 'zod';
import { type ComponentDefinition, defineComponent, input } from '../../engine/component.ts';
import { type ComponentTotals, Counters, type DropReasons } from '../../engine/counters.ts';
import { engineDrops } from '../../engine/component.ts';
import type { BlockLog } from '../../engine/block-log.ts';
import { MemoryLog } from '../../engine/memory-log.ts';
import { planFlow } from '../../engine/plan.ts';
import { runFlow, type RunningFlow } from '../../engine/run-flow.ts';
import type { World } from '../../engine/world.ts';

/** One component in a flow of its own, run by the real engine, with something that takes what comes out of each port: for tests. */
export interface Stage extends Omit<RunningFlow, 'inject' | 'facts' | 'watch'> {
  /** Hands payloads to the component's input port. Resolves when they are through. */
  feed(payloads: readonly unknown[], port?: string): Promise<void>;
  facts(): Readonly<Record<string, unknown>>;
  totals(): ComponentTotals;
  /** What came out, by port. */
  readonly arrived: Readonly<Record<string, unknown[]>>;
  readonly invalid: readonly string[];
  readonly failures: readonly string[];
}

const dropReasons =
  (definition: ComponentDefinition): DropReasons =>
  (type) => [
    ...new Set([...Object.keys(engineDrops), ...(type === definition.type ? Object.keys(definition.drops ?? {}) : [])]),
  ];

/**
 * `state` is where it keeps what it keeps, for the next one to go on with; `taken` is what those behind the component do with a
 * batch; the wait for it is the back-pressure. `now` is the clock on the wall, that of the machine where it is left out.
 */
export const stage = (
  definition: ComponentDefinition,
  config: unknown,
  given: {
    readonly dataDir: string;
    readonly taken?: () => void | Promise<void>;
    readonly state?: BlockLog;
    readonly now?: () => number;
  },
): Stage => {
  const arrived: Record<string, unknown[]> = {};
  const invalid: string[] = [];
  const failures: string[] = [];
  const outputs = portsOf(portsWith(definition, config), 'output');
  const sinks = outputs.map((port) => {
    arrived[port] = [];
    return sink(`takes_${port}`, async (payloads) => {
      await given.taken?.();
      arrived[port]!.push(...payloads);
    });
  });

  const types = new Map([definition, ...sinks].map((each) => [each.type, each]));
  const flow = {
    id: 'stage',
    components: [
      { id: 'tested', type: definition.type, config: config as Record<string, unknown> },
      ...outputs.map((port) => ({ id: port, type: `takes_${port}` })),
    ],
    connections: outputs.map((port): Connection => ({ from: `tested.${port}`, to: port, delivery: 'live' })),
  };
  const plan = planFlow(flow, types);
  const counters = new Counters(plan, dropReasons(definition));
  const world: World = {
    dataDir: given.dataDir,
    counters,
    now: given.now ?? Date.now,
    random: Math.random,
    wait: async (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(new DOMException('stopped', 'AbortError'));
        });
      }),
    monotonic: () => performance.now(),
    enter: () => undefined,
    report: () => undefined,
    openState: () => given.state ?? new MemoryLog(),
    openLog: () => {
      throw new Error('all connections of a stage are live');
    },
    hand: () => {
      throw new Error('all connections of a stage are live');
    },
    invalid: ({ sentence }) => void invalid.push(sentence),
    failed: (_, fault) => void failures.push(fault.message),
  };
  const parts = plan.components.map(({ type }) => {
    const each = types.get(type)!;
    return { definition: each, config: each.config.parse(type === definition.type ? config : {}) };
  });
  const running = runFlow(plan, parts, world);
  return {
    open: async () => running.open(),
    close: async (deadline) => running.close(deadline),
    feed: async (payloads, port) =>
      running.inject(
        'tested',
        port,
        payloads.map((payload) => JSON.stringify(payload)),
      ),
    facts: () => running.facts()[0] ?? {},
    totals: () => counters.component(0),
    arrived,
    invalid,
    failures,
  };
};

const sink = (type: string, take: (payloads: unknown[]) => Promise<void>): ComponentDefinition =>
  defineComponent({
    type,
    category: 'output',
    title: 'Sink',
    summary: 'Takes everything.',
    icon: 'box',
    ports: { in: input('any') },
    config: z.object({}),
    examples: [],
    create: () => ({ in: async (batch) => take(batch.map(({ payload }) => payload)) }),
  });
