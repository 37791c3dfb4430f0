import { Flow } from '@semstreams/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ComponentDefinition, defineComponent, type Emit, input, output } from './component.ts';
import { Counters } from './counters.ts';
import { FatalFault, InvalidMessage, TransientFault } from './fault.ts';
import { handInMemory } from './hand-on.ts';
import { MemoryLog } from './memory-log.ts';
import type { Batch, Message } from './message.ts';
import { planFlow } from './plan.ts';
import { runFlow } from './run-flow.ts';
import type { World } from './world.ts';

const anything = z.unknown();
const described = { title: 'Test', summary: 'For tests.', icon: 'box', examples: [], config: anything } as const;

/** A flow of small test components, with everything that it told the world. */
const rehearse = (
  components: readonly { id: string; type: string; config?: Record<string, unknown> }[],
  connections: readonly { from: string; to: string; delivery?: 'live' | 'guaranteed' }[],
  behaviour: {
    output?: (id: string, batch: Batch) => void | Promise<void>;
    processor?: (payload: unknown) => unknown;
    /** What a processor returns in place of what it should. */
    returned?: (message: Message) => unknown;
    /** When a dead letter is on disk. */
    letterKept?: Promise<void>;
    /** When a component is open. */
    opened?: (id: string) => Promise<void> | undefined;
  } = {},
) => {
  const emits = new Map<string, Emit<ComponentDefinition['ports']>>();
  const arrived = new Map<string, unknown[]>();
  const log: string[] = [];
  const source = defineComponent({
    ...described,
    type: 'source',
    category: 'input',
    ports: { out: output('json') },
    create: ({ emit, io }) => {
      emits.set(io.component, (batch) => emit(batch));
      return { open: () => void log.push(`open ${io.component}`), close: () => void log.push(`close ${io.component}`) };
    },
  });
  const split = defineComponent({
    ...described,
    type: 'split',
    category: 'processor',
    ports: { in: input('json'), out: output('json'), rejected: output('json', { required: false }) },
    create: ({ config }) => ({
      in: (message) => {
        const { payload } = message;
        const changed = behaviour.processor ? behaviour.processor(payload) : payload;
        const made = message.with(changed);
        const isKept = typeof changed !== 'number' || changed % 2 === 0;
        const given = isKept ? { out: made } : { rejected: made };
        const outcome = behaviour.returned ? (behaviour.returned(made) as typeof given) : given;
        return (config as { slow?: boolean } | undefined)?.slow ? Promise.resolve(outcome) : outcome;
      },
    }),
  });
  const sink = defineComponent({
    ...described,
    type: 'sink',
    category: 'output',
    ports: { in: input('json') },
    create: ({ io }) => ({
      open: () => {
        log.push(`open ${io.component}`);
        return behaviour.opened?.(io.component);
      },
      close: () => void log.push(`close ${io.component}`),
      in: (batch) => {
        const end = behaviour.output?.(io.component, batch);
        const keep = () =>
          void arrived.set(io.component, [
            ...(arrived.get(io.component) ?? []),
            ...batch.map(({ payload }) => payload),
          ]);
        return end ? end.then(keep) : keep();
      },
    }),
  });
  const types = new Map([source, split, sink].map((definition) => [definition.type, definition]));
  const flow = Flow.parse({ id: 'test', name: 'Test', components, connections });
  const plan = planFlow(flow, types);
  const counters = new Counters(plan, () => ['overflow', 'invalid', 'failed', 'stopped']);
  const told: unknown[] = [];
  let waited = 0;
  const world: World = {
    dataDir: '/nowhere',
    counters,
    now: () => 1_700_000_000_000,
    random: () => 0.5,
    wait: async (milliseconds, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      waited += milliseconds;
      signal.throwIfAborted();
    },
    enter: () => undefined,
    report: (component, state, sentence) => told.push(['report', component, state, sentence]),
    silent: (component, forMs) => told.push(['silent', component, forMs && Math.floor(forMs / 10_000)]),
    monotonic: () => performance.now() + waited,
    openLog: () => new MemoryLog(),
    openState: () => new MemoryLog(),
    hand: handInMemory,
    invalid: ({ component, sentence, message, raw }, isKept) => {
      told.push(['invalid', component, sentence, message?.payload ?? raw]);
      return isKept ? behaviour.letterKept : undefined;
    },
    failed: (component, fault) => told.push(['failed', component, fault.message]),
  };
  const running = runFlow(
    plan,
    flow.components.map(({ type, config }) => ({ definition: types.get(type)!, config })),
    world,
  );
  const inject = async (id: string, payloads: readonly unknown[]) =>
    running.inject(
      id,
      undefined,
      payloads.map((payload) => JSON.stringify(payload)),
    );
  return { running, inject, plan, counters, told, arrived, log, emits };
};

const chain = {
  components: [
    { id: 'a', type: 'source' },
    { id: 'b', type: 'split' },
    { id: 'c', type: 'sink' },
  ],
  connections: [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ],
};
const forEver = new AbortController().signal;
const until = async (what: string, holds: () => boolean) => {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 2000) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
const totals = (dropped: Partial<Record<'overflow' | 'invalid' | 'failed' | 'stopped', number>> = {}) => ({
  overflow: 0,
  invalid: 0,
  failed: 0,
  stopped: 0,
  ...dropped,
});

describe('a component that does not answer', () => {
  const silent = (told: readonly unknown[]) => told.filter((each) => (each as unknown[])[0] === 'silent');

  it('is told of, once, and its flow ends all the same', async () => {
    const { running, inject, told } = rehearse(chain.components, chain.connections, {
      output: () => new Promise(() => undefined),
    });
    await running.open();
    const injected = inject('a', [2]).catch((thrown: Error) => thrown.name);
    await until('it is told', () => silent(told).length > 0);
    await running.close(AbortSignal.abort());
    expect(await injected).toBe('AbortError');
    expect(silent(told)).toEqual([['silent', 2, 3]]);
  });

  it('is well again when it does', async () => {
    let answer = () => undefined as void;
    const { running, inject, told, arrived } = rehearse(chain.components, chain.connections, {
      output: () => new Promise((resolve) => (answer = resolve)),
    });
    await running.open();
    const injected = inject('a', [2]);
    await until('it is told', () => silent(told).length > 0);
    answer();
    await injected;
    const again = inject('a', [4]);
    await until('it is told', () => silent(told).length > 1);
    answer();
    await again;
    expect(silent(told).slice(0, 2)).toEqual([
      ['silent', 2, 3],
      ['silent', 2, undefined],
    ]);
    expect(arrived.get('c')).toEqual([2, 4]);
    await running.close(forEver);
  });

  it('is told of while it opens, too', async () => {
    let isOpen = () => undefined as void;
    const { running, told } = rehearse(chain.components, chain.connections, {
      opened: () => new Promise<void>((resolve) => (isOpen = resolve)),
    });
    const opening = running.open();
    await until('it is told', () => silent(told).length > 0);
    expect(silent(told)).toEqual([['silent', 2, 3]]);
    isOpen();
    await opening;
    await running.close(forEver);
  });
});

describe('a flow', () => {
  it('opens outputs first and closes inputs first', async () => {
    const { running, log } = rehearse(chain.components, chain.connections);
    await running.open();
    await running.close(forEver);
    expect(log).toEqual(['open c', 'open a', 'close a', 'close c']);
  });

  it('opens nothing more once it is closed, and closes what was being opened', async () => {
    let isOpen = () => undefined as void;
    const opened = new Promise<void>((resolve) => (isOpen = resolve));
    const { running, log } = rehearse(chain.components, chain.connections, { opened: () => opened });
    const opening = running.open();
    const closing = running.close(forEver);
    isOpen();
    await expect(opening).rejects.toThrow('aborted');
    await closing;
    expect(log).toEqual(['open c', 'close a', 'close c']);
  });

  it('shows the batches of a connection to all who look, as long as they look, and carries the same as ever', async () => {
    const { running, inject, arrived } = rehearse(chain.components, chain.connections);
    const seen: [string, unknown[]][] = [];
    const look = (who: string) => running.watch(1, (batch) => seen.push([who, batch.map(({ payload }) => payload)]));
    const [one, two] = [look('one'), look('two')];
    await inject('a', [2, 4]);
    one();
    await inject('a', [6]);
    two();
    await inject('a', [8]);
    expect(seen).toEqual([
      ['one', [2, 4]],
      ['two', [2, 4]],
      ['two', [6]],
    ]);
    expect(arrived.get('c')).toEqual([2, 4, 6, 8]);
  });

  it('counts what each component took, made and gave up', async () => {
    const { inject, counters, arrived } = rehearse(chain.components, chain.connections);
    await inject('a', [1, 2, 3, 4]);
    expect(arrived.get('c')).toEqual([2, 4]);
    expect([0, 1, 2].map((index) => counters.component(index))).toEqual([
      { in: 4, out: 4, errors: 0, dropped: totals() },
      { in: 4, out: 2, errors: 0, dropped: totals() },
      { in: 2, out: 2, errors: 0, dropped: totals() },
    ]);
    expect([0, 1].map((index) => counters.connection(index).moved)).toEqual([4, 2]);
  });

  it('gives up a message that can never work and goes on with the next', async () => {
    const { inject, counters, arrived, told } = rehearse(chain.components, chain.connections, {
      processor: (payload) => {
        if (payload === 2) throw new InvalidMessage('two is not wanted');
        return payload;
      },
    });
    await inject('a', [2, 4]);
    expect(arrived.get('c')).toEqual([4]);
    expect(told).toEqual([['invalid', 1, 'two is not wanted', 2]]);
    expect(counters.component(1)).toEqual({ in: 2, out: 1, errors: 1, dropped: totals({ invalid: 1 }) });
  });

  const nope = 'the component returned something for the port "nope", which it does not have';
  const noMessage = 'the component returned something for the port "out" that is no message';
  const noPorts = 'the component returned no ports: return { out: message }';
  it.each<[string, (message: Message) => unknown, string]>([
    ['an unknown port', (message) => ({ nope: message }), nope],
    ['an unknown port beside one', (message) => ({ out: message, nope: [message] }), nope],
    ['a plain object', () => ({ out: { payload: 2 } }), noMessage],
    ['null for a port', () => ({ out: null }), noMessage],
    ['a list with something else in it', (message) => ({ out: [message, { payload: 2 }] }), noMessage],
    ['a list with a hole', (message) => ({ out: [message, undefined] }), noMessage],
    ['a message alone', (message) => message, noPorts],
    ['a list alone', (message) => [message], noPorts],
    ['a text', () => 'out', noPorts],
    ['true', () => true, noPorts],
  ])('loses that message alone where a component returns %s, at once or later', async (_, returned, sentence) => {
    for (const slow of [false, true]) {
      const components = chain.components.map((each) => (each.id === 'b' ? { ...each, config: { slow } } : each));
      const { inject, counters, arrived, told } = rehearse(components, chain.connections, {
        returned: (message) => (message.payload === 2 ? returned(message) : { out: message, nope: undefined }),
      });
      await inject('a', [1, 2, 3]);
      expect(arrived.get('c')).toEqual([1, 3]);
      expect(told).toEqual([['invalid', 1, sentence, 2]]);
      expect(counters.component(1)).toEqual({ in: 3, out: 2, errors: 1, dropped: totals({ invalid: 1 }) });
    }
  });

  it.each(['b', 'c'])(
    'makes the dead letters of a batch in "%s" together, and keeps the messages until they are on disk',
    async (place) => {
      let keep = (): void => undefined;
      const refuse = (payload: unknown): void => {
        if ((payload as number) > 4) throw new InvalidMessage(`${String(payload)} is too much`, { at: 0 });
      };
      const { running, inject, counters, arrived, told } = rehearse(
        chain.components,
        [
          { from: 'a', to: 'b', delivery: place === 'b' ? 'guaranteed' : 'live' },
          { from: 'b', to: 'c', delivery: place === 'c' ? 'guaranteed' : 'live' },
        ],
        {
          letterKept: new Promise((resolve) => (keep = resolve)),
          ...(place === 'b'
            ? { processor: (payload) => (refuse(payload), payload) }
            : { output: (_, [message]) => refuse(message?.payload) }),
        },
      );
      await running.open();
      await inject('a', [6, 8, 10, 2]);
      await until('the rest has arrived', () => arrived.has('c'));
      expect(arrived.get('c')).toEqual([2]);
      const index = place === 'b' ? 1 : 2;
      expect(told).toEqual([6, 8, 10].map((payload) => ['invalid', index, `${payload} is too much`, payload]));
      expect(counters.connection(index - 1).waiting).toBe(4);
      keep();
      await until('nothing waits', () => counters.connection(index - 1).waiting === 0);
      await running.close(forEver);
    },
  );

  it('holds the rest back while an output has to try again, and repeats nothing that is done', async () => {
    let tries = 0;
    const { inject, arrived, told } = rehearse(chain.components, chain.connections, {
      output: (_, batch) => {
        tries += 1;
        if (tries === 1) throw new TransientFault('the far side is away', { at: 1 });
        expect(batch.map(({ payload }) => payload)).toEqual(tries === 2 ? [4] : [6]);
      },
    });
    await Promise.all([inject('a', [2, 4]), inject('a', [6])]);
    expect(arrived.get('c')).toEqual([4, 6]);
    expect(told).toEqual([
      ['report', 2, 'waiting', 'the far side is away; trying again'],
      ['report', 2, 'running', ''],
    ]);
  });

  it('fails with the sentence of a component that cannot go on, and counts what it had in hand', async () => {
    const { inject, counters, told } = rehearse(chain.components, chain.connections, {
      output: () => {
        throw new FatalFault('the disk is gone');
      },
    });
    await expect(inject('a', [2])).rejects.toThrow('the disk is gone');
    await expect(inject('a', [4])).rejects.toThrow('the disk is gone');
    expect(told).toEqual([['failed', 2, 'the disk is gone']]);
    expect(counters.component(2)).toEqual({ in: 2, out: 0, errors: 0, dropped: totals({ failed: 2 }) });
  });

  it('ends at the deadline although an output never gets through', async () => {
    const { running, inject, counters } = rehearse(chain.components, chain.connections, {
      output: () => Promise.reject(new TransientFault('away')),
    });
    await running.open();
    const stuck = inject('a', [2]).catch((thrown: Error) => thrown.name);
    const deadline = new AbortController();
    const closed = running.close(deadline.signal);
    deadline.abort();
    await closed;
    expect(await stuck).toBe('AbortError');
    expect(counters.component(2).dropped).toEqual(totals({ stopped: 1 }));
  });

  it('keeps the order through a component that takes time', async () => {
    const { inject, arrived } = rehearse(
      chain.components.map((component) =>
        component.id === 'b' ? { ...component, config: { slow: true } } : component,
      ),
      chain.connections,
    );
    const even = Array.from({ length: 50 }, (_, index) => index * 2);
    await inject('a', even);
    expect(arrived.get('c')).toEqual(even);
  });
});

describe('any flow', () => {
  /** Layers of components with connections from earlier to later ones: every graph without a circle can be drawn so. */
  const graph = fc
    .record({
      sources: fc.integer({ min: 1, max: 2 }),
      splits: fc.array(fc.boolean(), { maxLength: 5 }),
      sinks: fc.integer({ min: 1, max: 3 }),
      dice: fc.infiniteStream(fc.nat()),
    })
    .map(({ sources, splits, sinks, dice }) => {
      const roll = (sides: number) => Number(dice.next().value) % sides;
      const components = [
        ...Array.from({ length: sources }, (_, n) => ({ id: `a${n}`, type: 'source' })),
        ...splits.map((slow, n) => ({ id: `b${n}`, type: 'split', config: { slow } })),
        ...Array.from({ length: sinks }, (_, n) => ({ id: `c${n}`, type: 'sink' })),
      ];
      const connections = components.flatMap((to, at) =>
        components
          .slice(0, at)
          .filter(({ type }) => type !== 'sink' && to.type !== 'source' && roll(2) === 0)
          .map((from) => ({
            from: `${from.id}.${from.type === 'split' && roll(3) === 0 ? 'rejected' : 'out'}`,
            to: `${to.id}.in`,
            delivery: roll(3) === 0 ? ('guaranteed' as const) : ('live' as const),
          })),
      );
      return { components, connections };
    });

  /** What must arrive, found by walking every path: slow, simple, and written without the engine. */
  const walk = (
    {
      components,
      connections,
    }: { components: { id: string; type: string }[]; connections: { from: string; to: string }[] },
    start: string,
    payload: number,
  ): [string, number][] => {
    const type = components.find(({ id }) => id === start)!.type;
    if (type === 'sink') return [[start, payload]];
    const port = type === 'split' && payload % 2 === 1 ? 'rejected' : 'out';
    return connections
      .filter(({ from }) => from === `${start}.${port}`)
      .flatMap(({ to }) => walk({ components, connections }, to.split('.')[0]!, payload));
  };

  it('delivers each message along each path, as a reference interpreter does', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }), async (drawn, payloads) => {
        const { running, inject, arrived } = rehearse(drawn.components, drawn.connections);
        await running.open();
        const expected = new Map<string, number[]>();
        for (const { id } of drawn.components.filter(({ type }) => type === 'source')) {
          await inject(id, payloads);
          for (const [sink, payload] of payloads.flatMap((each) => walk(drawn, id, each)))
            expected.set(sink, [...(expected.get(sink) ?? []), payload]);
        }
        const count = (map: Map<string, unknown[]>) => [...map.values()].reduce((sum, got) => sum + got.length, 0);
        for (let turn = 0; turn < 2000 && count(arrived) < count(expected); turn += 1)
          await new Promise((resolve) => setTimeout(resolve, 1));
        await running.close(forEver);
        const sorted = (map: Map<string, unknown[]>) =>
          [...map].map(([sink, got]) => [sink, got.map(Number).sort((a, b) => a - b)]).sort();
        expect(sorted(arrived)).toEqual(sorted(expected));
      }),
      { numRuns: 100 },
    );
  });
});
