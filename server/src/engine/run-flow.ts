import { setMaxListeners } from 'node:events';
import { portsWith } from '@semstreams/contract';
import type { ComponentDefinition, Facts, Lifecycle, Timed } from './component.ts';
import { Answers } from './answers.ts';
import { appendTo } from './append-to.ts';
import { makeCut } from './cut.ts';
import { type Deliver, fanOut } from './deliver.ts';
import { FatalFault, sentenceOf } from './fault.ts';
import { componentIo } from './component-io.ts';
import type { Followers } from './followers.ts';
import { gather, type Gathering } from './gather.ts';
import { isAborted } from './is-aborted.ts';
import { parseJson } from './json-text.ts';
import { keepable } from './keepable.ts';
import { keepOnDisk } from './keep-on-disk.ts';
import { type Batch, Message } from './message.ts';
import { branchOf } from './origins.ts';
import { hasSeveralWays, type Plan, type PlannedComponent, reachedLive } from './plan.ts';
import { retrying } from './retry.ts';
import { runAtOnce } from './run-at-once.ts';
import { runOutput } from './run-output.ts';
import { handOnMade, runTime } from './run-ticks.ts';
import { type Exits, type Keeping, runKeeping } from './run-keeping.ts';
import { type Handler, runProcessor } from './run-processor.ts';
import { stopTimes } from './stop-times.ts';
import { wayIn } from './way-in.ts';
import type { World } from './world.ts';

/** A component type and a config that its schema has parsed. */
export interface Part {
  readonly definition: ComponentDefinition;
  readonly config: unknown;
}

export interface RunningFlow {
  /** Opens outputs before inputs. Rejects with the fault of the first component that cannot be opened; `close` is due then too. */
  open(): Promise<void>;
  /**
   * Closes inputs before outputs, so that what was accepted is handed on, or is on disk. When `deadline` is aborted, what
   * still waits elsewhere is given up and counted. Resolves when the last component is closed, within a second after the
   * deadline whatever hangs; rejects with what went wrong in closing.
   */
  close(deadline: AbortSignal): Promise<void>;
  /** Hands payloads, as JSON, to an input port of a component, or emits them from an input. Resolves when they are through. */
  inject(component: string, port: string | undefined, texts: readonly string[]): Promise<void>;
  /** Shows every batch that goes through a connection to `look`, which must be quick and not throw, until the call that it returns. */
  watch(connection: number, look: Look): () => void;
  /** What the components have to tell, by index. */
  facts(): readonly (Facts | undefined)[];
}

/** Sees a batch on its way and leaves it as it is. */
export type Look = (batch: Batch) => void;

/** So many blocks are handed on before the first is finished where batches are gathered of them, unless they are large. */
const blocksToGather = 64;

/** What is injected into a processor or an output is counted by it. */
const nobody = (): void => undefined;

/** Fuses the live connections of a plan into function calls. Nothing is opened yet. */
export const runFlow = (plan: Plan, parts: readonly Part[], outside: World): RunningFlow => {
  const { counters } = outside;
  const world: World = {
    ...outside,
    invalid: (failure, isKept) => {
      counters.addDropped(failure.component, 'invalid', 1);
      counters.addError(failure.component, 1);
      return outside.invalid(keepable(failure), isKept);
    },
  };
  /** Aborted in this order: nothing more comes in; what is on disk may stay there; what has no other place is given up. */
  const accepting = new AbortController();
  const delivering = new AbortController();
  const working = new AbortController();
  // every component and connection listens, however many there are
  setMaxListeners(0, accepting.signal, delivering.signal, working.signal);
  const started = `${world.now().toString(36)}${Math.floor(world.random() * 36 ** 4).toString(36)}`;
  const cut = makeCut();
  /** Messages that each component itself has given up. */
  const gaveUp = plan.components.map(() => 0);
  let hasFailed = false;
  let injected = 0;

  const fail = (component: number, thrown: unknown): void => {
    if (hasFailed || accepting.signal.aborted) return;
    hasFailed = true;
    world.failed(component, thrown instanceof Error ? thrown : new FatalFault(sentenceOf(thrown)));
  };

  /** The functions that take batches, by component and input port. */
  const entries = plan.components.map(() => new Map<string, Deliver>());
  /** The functions that carry batches away, by component and output port. */
  const exits = plan.components.map(() => new Map<string, Deliver>());
  const instances: Lifecycle[] = [];

  /** Whether what a component is handed is followed by names: all of it, or none. */
  const isFollowed = (index: number): boolean => {
    const { definition, config } = parts[index]!;
    const isKept = plan.connections.every(({ to, buffer }) => to !== index || buffer !== undefined);
    return isKept && definition.follows?.(config) === true;
  };

  const guaranteed = plan.connections.map((connection) =>
    connection.buffer
      ? keepOnDisk(connection, connection.buffer, {
          world: outside,
          flow: plan.flow,
          started,
          giveUp: working.signal,
          hasSeveralWays: hasSeveralWays(plan, connection),
          from: plan.components[connection.from]!.id,
          isKeptUpstream: plan.components[connection.from]!.isKept,
          isNumbered: parts[connection.to]!.definition.numbered === true,
          isFollowed: isFollowed(connection.to),
        })
      : undefined,
  );

  /** Who looks at each connection; nobody is `undefined`, so that it costs nothing then. */
  const looks = plan.connections.map((): Look | undefined => undefined);
  const watching = plan.connections.map(() => new Set<Look>());
  const showTo = (connection: number): void => {
    const all = [...watching[connection]!];
    looks[connection] = all.length < 2 ? all[0] : (batch) => all.forEach((look) => look(batch));
  };

  const exitOf = (component: PlannedComponent, port: string): Deliver =>
    fanOut(
      component.outgoing
        .filter(({ fromPort }) => fromPort === port)
        .map((connection): Deliver => {
          const { index, to, toPort } = connection;
          const kept = guaranteed[index];
          const enter = kept
            ? appendTo(connection, kept, { world, isKept: component.isKept })
            : entries[to]!.get(toPort)!;
          const way = component.outgoing.length > 1 ? connection.title : undefined;
          return (batch, origin) => {
            counters.addMoved(index, batch.length);
            looks[index]?.(batch);
            return enter(batch, origin && way !== undefined ? branchOf(origin, way) : origin);
          };
        }),
    );

  const way = wayIn(() => world.enter(-1));
  const emitFrom = (index: number) => {
    const taken = (count: number): void => counters.addOut(index, count);
    const left = (count: number): void => counters.addDropped(index, 'stopped', count);
    // not async: a promise around a promise costs three more turns of the queue for each batch
    return (batch: Batch, port = 'out'): Promise<void> => {
      if (batch.length === 0) return Promise.resolve();
      counters.addIn(index, batch.length);
      return way.handOn(batch, exits[index]!.get(port)!, taken, left);
    };
  };

  /** The connections into a component that it hands on at several paces. */
  const followedBy = (index: number): readonly Followers[] =>
    isFollowed(index)
      ? plan.connections.filter(({ to }) => to === index).map((connection) => guaranteed[connection.index]!.followers)
      : [];

  const answers = plan.components.map(
    ({ index }) => new Answers(world, working.signal, (forMs) => world.silent?.(index, forMs)),
  );

  /** What components keep over restarts, by index. */
  const keepings: (Keeping | undefined)[] = [];
  const keepFor = (index: number): Keeping =>
    (keepings[index] = runKeeping({
      plan,
      component: plan.components[index]!,
      world,
      started,
      giveUp: working.signal,
      fail: (thrown) => fail(index, thrown),
    }));

  /** What components do in time, by index. */
  const times: (ReturnType<typeof runTime> | undefined)[] = [];
  const timeOf = (
    index: number,
    { timed, ports, kept }: { readonly timed: Timed; readonly ports: Exits; readonly kept: Keeping | undefined },
  ) => {
    const run = (to: Exits) => handOnMade(index, to, counters);
    const handOn = kept ? kept.beside({ ports, run }) : run(ports);
    return runTime(timed, {
      component: index,
      world,
      signal: accepting.signal,
      handOn,
      fail: (thrown) => fail(index, thrown),
    });
  };
  /** Upstream before downstream, so that what one lets go of is not held by the next. */
  const endTime = async (): Promise<void> => {
    for (const index of plan.order) await times[index]?.last().catch((thrown: unknown) => fail(index, thrown));
  };

  /** What gathers batches before outputs, by index. */
  const gatherings: (Gathering | undefined)[] = [];

  /** Downstream components are built before: what a port leads to is known when the port is made. */
  const build = (index: number): void => {
    const component = plan.components[index]!;
    const { definition, config } = parts[index]!;
    const signal =
      component.category === 'input' ? accepting.signal : component.isKept ? delivering.signal : working.signal;
    const kept = definition.keepsState ? keepFor(index) : undefined;
    const io = componentIo(component, plan.flow, {
      world,
      keeper: kept?.keeper,
      started,
      signal,
      fail: (fault) => fail(index, fault),
      gaveUp: (count) => (gaveUp[index]! += count),
      followed: followedBy(index),
    });
    const doors = Object.entries(portsWith(definition, config));
    for (const [name, { direction }] of doors)
      if (direction === 'output') exits[index]!.set(name, exitOf(component, name));

    world.enter(index);
    const instance = definition.create({ config, io, emit: emitFrom(index) });
    instances[index] = instance;
    const ending = component.isKept ? delivering.signal : working.signal;
    const given = {
      index,
      answers: definition.waitsByItself ? undefined : answers[index]!,
      isKept: component.isKept,
      world,
      retry: retrying(index, world, ending),
      cut,
      isStopping: () => ending.aborted,
      gaveUp: () => gaveUp[index]!,
      fail: (fault: FatalFault) => fail(index, fault),
    };
    const ports = [...exits[index]!].map(([name, deliver]) => ({ name, deliver }));
    const timed = instance as Timed;
    const processor = (port: string, handler: Handler): Deliver => {
      const run = (to: Exits): Deliver => {
        const atOnce = kept ? 1 : (definition.atOnce ?? 1);
        const runOne = (one: typeof handler): Deliver => runProcessor({ ...given, port, handler: one, ports: to });
        return atOnce > 1 ? runAtOnce({ handler, atOnce, full: () => timed.full?.(), run: runOne }) : runOne(handler);
      };
      return kept ? kept.entry({ ports, run }) : run(ports);
    };
    if (component.category === 'processor') times[index] = timeOf(index, { timed, ports, kept });
    const limits = definition.batches?.(config);
    const gathered = (deliver: Deliver): Deliver => {
      if (!limits) return deliver;
      const gathering = gather(limits, {
        deliver,
        wait: async (milliseconds, signal) => world.wait(milliseconds, signal),
        signal: accepting.signal,
      });
      gatherings[index] = gathering;
      return gathering.deliver;
    };
    for (const [name, { direction }] of doors) {
      if (direction !== 'input') continue;
      const handler = (instance as Readonly<Record<string, never>>)[name]!;
      const isOutput = component.category === 'output';
      entries[index]!.set(
        name,
        isOutput
          ? gathered(runOutput({ ...given, port: name, handler, takesSeveral: (definition.atOnce ?? 1) > 1 }))
          : processor(name, handler),
      );
    }
  };
  const downstreamFirst = [...plan.order].reverse();
  downstreamFirst.forEach(build);

  /** Components behind a connection that can hand on no more let go of what they hold. */
  const letGo = (first: number): void => {
    for (const index of reachedLive([first], plan.connections)) {
      (instances[index] as Timed | undefined)?.full?.();
      gatherings[index]?.letGo();
    }
  };

  /** Takes block by block out of the buffers, as fast as each downstream end goes. */
  const deliverGuaranteed = (): Promise<void>[] =>
    plan.connections.flatMap(({ index, to, toPort }) => {
      const kept = guaranteed[index];
      if (!kept) return [];
      const enter = entries[to]!.get(toPort)!;
      const deliver: Deliver = (batch, origin) => {
        const wait = enter(batch, origin);
        world.enter(-1);
        return wait;
      };
      return [
        kept
          .deliver(deliver, delivering.signal, {
            atOnce: gatherings[to] ? blocksToGather : parts[to]!.definition.atOnce,
            full: () => letGo(to),
          })
          .catch((thrown: unknown) => fail(to, thrown)),
      ];
    });
  let deliveries: Promise<void>[] = [];

  /** Closes components at the same time, so that one that hangs takes no time from the others. Resolves with what went wrong. */
  const closeAll = async (isMine: (component: PlannedComponent) => boolean, end: Promise<void>): Promise<unknown[]> => {
    const closing = plan.components.filter(isMine).map(async ({ id, index }) => {
      const late = end.then(() => Promise.reject(new FatalFault(`"${id}" did not close in time`)));
      world.enter(index);
      await Promise.race([instances[index]!.close?.(), late]);
    });
    return (await Promise.allSettled(closing)).flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  };

  const opening = async (index: number, end: void | Promise<void>): Promise<void> => {
    if (end === undefined) return;
    answers[index]!.await();
    await end.finally(() => answers[index]!.came());
  };

  const openAll = async (): Promise<void> => {
    for (const index of downstreamFirst) {
      accepting.signal.throwIfAborted();
      try {
        world.enter(index);
        await keepings[index]?.open();
        await opening(index, instances[index]!.open?.());
      } catch (thrown) {
        fail(index, thrown);
        throw thrown;
      }
    }
    accepting.signal.throwIfAborted();
    deliveries = deliverGuaranteed();
    for (const time of times) time?.start();
  };
  let opened: Promise<void> = Promise.resolve();

  return {
    open: async () => (opened = openAll()),
    async close(deadline) {
      const { passed, reached, done } = stopTimes(deadline, outside.wait);
      void passed.then(() => working.abort());
      void reached.handlers.then(() => cut.now());
      accepting.abort();
      await Promise.race([opened.catch(() => undefined), isAborted(working.signal), reached.opening]);
      const problems = await closeAll(({ category }) => category === 'input', reached.inputs);
      await Promise.race([endTime(), reached.inputs]);
      await Promise.race([way.idle(), reached.inputs]);
      delivering.abort();
      await Promise.race([Promise.all(deliveries), reached.deliveries]);
      way.end();
      const kept = Promise.allSettled(keepings.map(async (keeping) => keeping?.close()));
      await Promise.race([kept, reached.deliveries]);
      working.abort();
      problems.push(...(await closeAll(({ category }) => category !== 'input', reached.others)));
      await Promise.race([Promise.all(guaranteed.map(async (kept) => kept?.close())), reached.others]);
      cut.now();
      done();
      if (problems.length > 0) throw new AggregateError(problems, problems.map(sentenceOf).join('; '));
    },
    async inject(id, port, texts) {
      const component = plan.components.find((candidate) => candidate.id === id);
      if (!component) throw new RangeError(`there is no component "${id}"`);
      await opened;
      const isInput = component.category === 'input';
      const doors = (isInput ? exits : entries)[component.index]!;
      const name = port ?? [...doors.keys()][0];
      if (name === undefined || !doors.has(name))
        throw new RangeError(`"${id}" has no ${isInput ? 'output' : 'input'} port "${name}"`);
      const source = `${plan.flow}.${id}.${started}.injected`;
      const messages = texts.map(
        (text) => new Message(parseJson(text), world.now(), source, (injected += 1), {}, text),
      );
      await (isInput
        ? emitFrom(component.index)(messages, name)
        : way.handOn(messages, doors.get(name)!, nobody, nobody));
    },
    watch(connection, look) {
      watching[connection]!.add(look);
      showTo(connection);
      return () => {
        watching[connection]!.delete(look);
        showTo(connection);
      };
    },
    facts: () => instances.map(factsOf),
  };
};

/** What a component cannot tell at this moment is no reason to end anything. */
const factsOf = (instance: Lifecycle): Facts | undefined => {
  try {
    return instance.facts?.();
  } catch {
    return undefined;
  }
};
