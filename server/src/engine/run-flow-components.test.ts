import { setTimeout as sleep } from 'node:timers/promises';
import { Flow } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ComponentDefinition, defineComponent, type Emit, input, type Io, output } from './component.ts';
import { Counters } from './counters.ts';
import { FatalFault } from './fault.ts';
import { handInMemory } from './hand-on.ts';
import { MemoryLog } from './memory-log.ts';
import type { Batch, Message } from './message.ts';
import { planFlow } from './plan.ts';
import { runFlow } from './run-flow.ts';
import type { World } from './world.ts';

const described = { title: 'Test', summary: 'For tests.', icon: 'box', examples: [], config: z.unknown() } as const;
const forEver = new AbortController().signal;
const until = async (holds: () => boolean): Promise<void> => {
  const end = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${String(holds)}`);
    await sleep(1);
  }
};

type Own = Partial<ComponentDefinition> & { readonly make?: (io: Io) => object };

/** A flow of an input `a`, processors and outputs, each with something of its own, and all that it told the world. */
const rehearse = (own: Readonly<Record<string, Own>>, connections: readonly string[]) => {
  const ios = new Map<string, Io>();
  const arrived = new Map<string, Batch[]>();
  const emits: { a?: Emit<ComponentDefinition['ports']> } = {};
  const plainly: Readonly<Record<'source' | 'step' | 'sink', (io: Io) => object>> = {
    source: () => ({}),
    step: () => ({ in: (message: Message) => ({ out: message }) }),
    sink: (io) => ({ in: (batch: Batch) => void arrived.get(io.component)!.push(batch) }),
  };
  const kindOf = (id: string) => (id === 'a' ? 'source' : id.startsWith('p') ? 'step' : 'sink');
  const define = (id: string): ComponentDefinition => {
    const { make, ...rest } = own[id] ?? {};
    const kind = kindOf(id);
    const create = ({ io, emit }: Parameters<ComponentDefinition['create']>[0]) => {
      ios.set(id, io);
      arrived.set(id, []);
      if (id === 'a') emits.a = emit;
      return { ...plainly[kind](io), ...make?.(io) };
    };
    const shapes = {
      source: { category: 'input', ports: { out: output('json') } },
      step: { category: 'processor', ports: { in: input('json'), out: output('json') } },
      sink: { category: 'output', ports: { in: input('json') } },
    } as const;
    return defineComponent({ ...described, type: id, ...shapes[kind], ...rest, create } as never);
  };
  const types = new Map(['a', ...Object.keys(own).filter((id) => id !== 'a')].map((id) => [id, define(id)]));
  const flow = Flow.parse({
    id: 'test',
    name: 'Test',
    components: [...types.keys()].map((id) => ({ id, type: id })),
    connections: connections.map((each) => {
      const [from, way, to] = each.split(' ');
      return { from, to, delivery: way === '→' ? 'live' : 'guaranteed' };
    }),
  });
  const plan = planFlow(flow, types);
  const counters = new Counters(plan, () => ['full', 'invalid', 'failed', 'stopped']);
  const told: unknown[] = [];
  const entered: number[] = [];
  const logs = new Map<string, MemoryLog>();
  const logOf = (name: string) => logs.get(name) ?? logs.set(name, new MemoryLog()).get(name)!;
  const world: World = {
    dataDir: '/nowhere',
    counters,
    now: () => 1_700_000_000_000,
    random: () => 0.5,
    // a minute is longer than any of these tests waits for
    wait: async (milliseconds, signal) => sleep(milliseconds >= 60_000 ? milliseconds : 2, undefined, { signal }),
    enter: (component) => entered.push(component),
    report: (component, state, sentence) => told.push(['report', component, state, sentence]),
    monotonic: () => performance.now(),
    openLog: ({ title }) => logOf(title),
    openState: (index) => logOf(`state of ${index}`),
    hand: handInMemory,
    invalid: ({ component, sentence }) => void told.push(['invalid', component, sentence]),
    failed: (component, fault) => told.push(['failed', component, fault.message]),
  };
  const parts = plan.components.map(({ type }) => ({ definition: types.get(type)!, config: {} }));
  const running = runFlow(plan, parts, world);
  const inject = async (id: string, ...payloads: unknown[]) =>
    running.inject(
      id,
      undefined,
      payloads.map((payload) => JSON.stringify(payload)),
    );
  const payloads = (id: string) => arrived.get(id)!.map((batch) => batch.map(({ payload }) => payload));
  return { running, inject, payloads, arrived, counters, told, entered, ios, emits, logOf };
};

describe('a flow and what is put into it', () => {
  it('numbers what is injected, and names where it came in', async () => {
    const { inject, arrived } = rehearse({ s: {} }, ['a → s']);
    await inject('a', 1, 2);
    await inject('s', 3);
    const ids = arrived.get('s')!.flatMap((batch) => batch.map(({ id }) => id));
    expect(ids.map((id) => id.replace(/\.[^.]+\.injected/, '.….injected'))).toEqual([
      'test.a.….injected-1',
      'test.a.….injected-2',
      'test.s.….injected-3',
    ]);
  });

  it.each([
    ['x', undefined, 'there is no component "x"'],
    ['a', 'in', '"a" has no output port "in"'],
    ['s', 'out', '"s" has no input port "out"'],
  ])('refuses what is injected into %s at %s', async (id, port, sentence) => {
    const { running } = rehearse({ s: {} }, ['a → s']);
    await expect(running.inject(id, port, ['1'])).rejects.toThrow(new RangeError(sentence));
  });

  it('hands on no batch of nothing', async () => {
    const { emits, payloads, counters } = rehearse({ s: {} }, ['a → s']);
    await emits.a!([]);
    expect([payloads('s'), counters.component(0).in]).toEqual([[], 0]);
  });

  it('says which component is at work, and that none is', async () => {
    const { inject, entered } = rehearse({ p: {}, s: {} }, ['a → p', 'p → s']);
    entered.length = 0;
    await inject('a', 1);
    expect(entered.at(-1)).toBe(-1);
    expect(entered.filter((component) => component >= 0)).toEqual([1, 2]);
  });
});

describe('a flow and its components', () => {
  it('tells what they have to tell, and nothing of one that cannot', async () => {
    const facts = () => ({ receivers: 2 });
    const broken = () => {
      throw new Error('not now');
    };
    const { running } = rehearse({ p: {}, s: { make: () => ({ facts }) }, t: { make: () => ({ facts: broken }) } }, [
      'a → p',
      'p → s',
      'p → t',
    ]);
    expect(running.facts()).toEqual([undefined, undefined, { receivers: 2 }, undefined]);
  });

  it('fails once, by the first that cannot go on, and not by one that ends', async () => {
    const { running, told, ios } = rehearse({ p: {}, s: {} }, ['a → p', 'p → s']);
    await running.open();
    ios.get('s')!.fail(new FatalFault('the socket broke'));
    ios.get('p')!.fail(new FatalFault('this one, too'));
    expect(told).toEqual([['failed', 2, 'the socket broke']]);
    await running.close(forEver);
    const other = rehearse({ s: {} }, ['a → s']);
    await other.running.open();
    await other.running.close(forEver);
    other.ios.get('s')!.fail(new FatalFault('it was closed'));
    expect(other.told).toEqual([]);
  });

  it('fails by one that cannot be opened, and opens no other', async () => {
    const opened: string[] = [];
    const make = (io: Io) => ({
      open: async () => {
        opened.push(io.component);
        if (io.component === 'p') throw new FatalFault('the port is taken');
      },
    });
    const { running, told } = rehearse({ a: { make }, p: { make }, s: { make } }, ['a → p', 'p → s']);
    await expect(running.open()).rejects.toThrow('the port is taken');
    expect([opened, told]).toEqual([['s', 'p'], [['failed', 1, 'the port is taken']]]);
    await running.close(forEver);
  });

  it('says all that went wrong in closing', async () => {
    const make = (io: Io) => ({
      close: () => {
        throw new Error(`${io.component} broke`);
      },
    });
    const { running } = rehearse({ a: { make }, p: {}, s: { make } }, ['a → p', 'p → s']);
    await running.open();
    const closing = await running.close(forEver).catch((thrown: unknown) => thrown);
    expect(closing).toMatchObject({ message: 'a broke; s broke' });
  });

  it('tells inputs to stop before all others, which go on until those are closed', async () => {
    const seen: [string, boolean[]][] = [];
    const all: Io[] = [];
    const make = (io: Io) => {
      all.push(io);
      return { close: () => void seen.push([io.component, all.map(({ signal }) => signal.aborted)]) };
    };
    const { running } = rehearse({ a: { make }, p: { make }, s: { make } }, ['a → p', 'p → s']);
    await running.open();
    await running.close(forEver);
    expect(all.map(({ component }) => component)).toEqual(['s', 'p', 'a']);
    expect(seen).toEqual([
      ['a', [false, false, true]],
      ['p', [true, true, true]],
      ['s', [true, true, true]],
    ]);
  });

  it('counts as out what an output has taken, less what it has given up', async () => {
    const { inject, counters } = rehearse({ s: { make: (io) => ({ in: () => io.drop('full', 2) }) } }, ['a → s']);
    await inject('a', 1, 2, 3);
    expect(counters.component(1)).toMatchObject({ in: 3, out: 1, dropped: { full: 2 } });
  });

  it('fails by a tick that fails, and hands on what others make in time', async () => {
    let ticks = 0;
    const tick = () => {
      ticks += 1;
      if (ticks === 2) throw new FatalFault('the clock broke');
    };
    const { running, told } = rehearse({ p: { make: () => ({ everyMs: 1, tick }) }, s: {} }, ['a → p', 'p → s']);
    await running.open();
    await until(() => told.length > 0);
    expect([ticks, told]).toEqual([2, [['failed', 1, 'the clock broke']]]);
    await running.close(forEver);
  });

  it('keeps at its end what one has changed that keeps something', async () => {
    const make = (io: Io) => {
      const kept = io.kept<number>('last', { most: 1 });
      return { in: (message: Message) => void kept.set('it', message.payload as number) };
    };
    const { running, inject, logOf } = rehearse({ p: { keepsState: true, make }, s: {} }, ['a → p', 'p → s']);
    await running.open();
    await inject('a', 5);
    expect((await logOf('state of 1').state()).last).toBe(0);
    await running.close(forEver);
    expect((await logOf('state of 1').state()).last).toBe(1);
  });
});

describe('a flow with guaranteed connections', () => {
  it('shows an output that follows the connections that it may hand on at several paces: all, or none', async () => {
    const follows = () => true;
    const { ios, running } = rehearse({ p: {}, s: { follows }, t: { follows }, u: {} }, [
      ...['a ⇒ p', 'a ⇒ s', 'p ⇒ s', 'a ⇒ t', 'p → t', 'a ⇒ u'],
    ]);
    const followed = ['s', 't', 'u'].map((id) => ios.get(id)!.followed.length);
    expect(followed).toEqual([2, 0, 0]);
    await running.close(forEver);
  });

  it('keeps apart what came on several ways, and names them', async () => {
    const { running, inject, payloads, logOf } = rehearse({ p: {}, p1: {}, p2: {}, p3: {}, s: {} }, [
      'a ⇒ p',
      'p → p1',
      'p → p2',
      'p1 → p3',
      'p2 → p3',
      'p3 ⇒ s',
    ]);
    await running.open();
    await inject('a', 1, 2);
    await until(() => payloads('s').flat().length === 4);
    await running.close(forEver);
    expect(payloads('s').flat().toSorted()).toEqual([1, 1, 2, 2]);
    const mark = await logOf('p3.out → s.in').mark();
    expect(mark?.progress?.map(([source]) => source)).toEqual([
      'a.out → p.in / p.out → p1.in',
      'a.out → p.in / p.out → p2.in',
    ]);
    expect(await logOf('a.out → p.in').mark()).toMatchObject({ done: 1, stored: 2 });
  });

  it('has one way only without a name', async () => {
    const { running, inject, payloads, logOf } = rehearse({ p: {}, s: {} }, ['a ⇒ p', 'p ⇒ s']);
    await running.open();
    await inject('a', 1);
    await until(() => payloads('s').length === 1);
    await running.close(forEver);
    expect((await logOf('p.out → s.in').mark())?.progress?.map(([source]) => source)).toEqual(['a.out → p.in']);
  });

  it('gathers before an output as many messages as that wishes, of several blocks, and lets go of the rest at the end', async () => {
    const batches = () => ({ messages: 3, bytes: 1e6, waitMs: 60_000 });
    const { running, inject, payloads } = rehearse({ s: { batches } }, ['a ⇒ s']);
    await running.open();
    for (const n of [1, 2, 3, 4]) await inject('a', n);
    await until(() => payloads('s').length > 0);
    await running.close(forEver);
    expect(payloads('s')).toEqual([[1, 2, 3], [4]]);
  });

  it('begins several messages of a processor at once, and tells it when no more can come', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const make = () => ({
      in: async (message: Message) => {
        await new Promise<void>((resolve) => (most = Math.max(most, held.push(resolve))));
        return { out: message };
      },
      full: () => void held.splice(0).forEach((resolve) => resolve()),
    });
    const { running, inject, payloads } = rehearse({ p: { atOnce: 3, waitsByItself: true, make }, s: {} }, [
      'a ⇒ p',
      'p → s',
    ]);
    for (const n of [1, 2, 3, 4, 5, 6]) await inject('a', n);
    await running.open();
    await until(() => payloads('s').flat().length === 6);
    expect([payloads('s').flat(), most]).toEqual([[1, 2, 3, 4, 5, 6], 3]);
    await running.close(forEver);
  });

  it('numbers what it hands to an output that wants numbers, and to no other', async () => {
    const { running, inject, arrived } = rehearse({ s: { numbered: true }, t: {} }, ['a ⇒ s', 'a ⇒ t']);
    await inject('a', 1, 2);
    await inject('a', 3);
    await running.open();
    const positions = (id: string) => arrived.get(id)!.flatMap((batch) => batch.map(({ position }) => position));
    await until(() => positions('s').length === 3 && positions('t').length === 3);
    const [first, ...others] = positions('s');
    expect(first?.sequence).toBe(1);
    expect(others).toEqual([
      { source: first!.source, sequence: 2 },
      { source: first!.source, sequence: 3 },
    ]);
    expect(positions('t')).toEqual([undefined, undefined, undefined]);
    await running.close(forEver);
  });

  it('hands several batches to an output that takes several, and one at a time to others', async () => {
    const most: Record<string, number> = {};
    const make = (io: Io) => {
      let underWay = 0;
      return {
        in: async () => {
          underWay += 1;
          most[io.component] = Math.max(most[io.component] ?? 0, underWay);
          await sleep(20);
          underWay -= 1;
        },
      };
    };
    const { running, inject, counters } = rehearse({ s: { atOnce: 2, make }, t: { make } }, ['a ⇒ s', 'a ⇒ t']);
    for (const n of [1, 2, 3, 4]) await inject('a', n);
    await running.open();
    await until(() => counters.outOf(1) === 4 && counters.outOf(2) === 4);
    expect(most).toEqual({ s: 2, t: 1 });
    await running.close(forEver);
  });
});
