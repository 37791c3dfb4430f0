import type { ComponentDefinition, Facts, Lifecycle } from './component.ts';
import { type Deliver, fanOut } from './deliver.ts';
import { FatalFault, sentenceOf } from './fault.ts';
import { componentIo } from './component-io.ts';
import { type Batch, Message } from './message.ts';
import type { Plan, PlannedComponent } from './plan.ts';
import { retrying } from './retry.ts';
import { runOutput } from './run-output.ts';
import { runProcessor } from './run-processor.ts';
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
   * Closes inputs before outputs, so that what was accepted is handed on. When `deadline` is aborted, what still waits is
   * given up and counted. Resolves when the last component is closed; rejects with what went wrong in closing.
   */
  close(deadline: AbortSignal): Promise<void>;
  /** Hands messages to an input port of a component, or emits them from an input. Resolves when they are through. */
  inject(component: string, port: string | undefined, payloads: readonly unknown[]): Promise<void>;
  /** What the components have to tell, by index. */
  facts(): readonly (Facts | undefined)[];
}

/** Fuses the live connections of a plan into function calls. Nothing is opened yet. */
export const runFlow = (plan: Plan, parts: readonly Part[], outside: World): RunningFlow => {
  const { counters } = outside;
  const world: World = {
    ...outside,
    invalid: (component, sentence, raw) => {
      counters.addDropped(component, 'invalid', 1);
      counters.addError(component, 1);
      outside.invalid(component, sentence, raw);
    },
  };
  const accepting = new AbortController();
  const working = new AbortController();
  const started = `${world.now().toString(36)}${Math.floor(world.random() * 36 ** 4).toString(36)}`;
  let hasFailed = false;

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

  const exitOf = (component: PlannedComponent, port: string): Deliver =>
    fanOut(
      component.outgoing
        .filter(({ fromPort }) => fromPort === port)
        .map(({ index, to, toPort }): Deliver => {
          const enter = entries[to]!.get(toPort)!;
          return (batch) => {
            counters.addMoved(index, batch.length);
            return enter(batch);
          };
        }),
    );

  const emitFrom =
    (index: number) =>
    async (batch: Batch, port = 'out'): Promise<void> => {
      if (batch.length === 0) return;
      counters.addIn(index, batch.length);
      counters.addOut(index, batch.length);
      const wait = exits[index]!.get(port)!(batch);
      world.enter(-1);
      await wait;
    };

  /** Downstream components are built before: what a port leads to is known when the port is made. */
  const build = (index: number): void => {
    const component = plan.components[index]!;
    const { definition, config } = parts[index]!;
    const signal = component.category === 'input' ? accepting.signal : working.signal;
    const io = componentIo(component, plan.flow, { world, started, signal, fail: (fault) => fail(index, fault) });
    for (const [name, { direction }] of Object.entries(definition.ports))
      if (direction === 'output') exits[index]!.set(name, exitOf(component, name));

    const instance = definition.create({ config, io, emit: emitFrom(index) });
    instances[index] = instance;
    const given = {
      index,
      world,
      retry: retrying(index, world, working.signal),
      fail: (fault: FatalFault) => fail(index, fault),
    };
    const ports = [...exits[index]!].map(([name, deliver]) => ({ name, deliver }));
    for (const [name, { direction }] of Object.entries(definition.ports)) {
      if (direction !== 'input') continue;
      const handler = (instance as Readonly<Record<string, never>>)[name]!;
      const isOutput = component.category === 'output';
      entries[index]!.set(
        name,
        isOutput ? runOutput({ ...given, handler }) : runProcessor({ ...given, handler, ports }),
      );
    }
  };
  const downstreamFirst = [...plan.order].reverse();
  downstreamFirst.forEach(build);

  const closeAll = async (isMine: (component: PlannedComponent) => boolean): Promise<unknown[]> => {
    const problems: unknown[] = [];
    for (const index of plan.order.filter((each) => isMine(plan.components[each]!))) {
      try {
        await instances[index]!.close?.();
      } catch (thrown) {
        problems.push(thrown);
      }
    }
    return problems;
  };

  return {
    async open() {
      for (const index of downstreamFirst) {
        try {
          await instances[index]!.open?.();
        } catch (thrown) {
          fail(index, thrown);
          throw thrown;
        }
      }
    },
    async close(deadline) {
      const giveUp = () => working.abort();
      deadline.addEventListener('abort', giveUp, { once: true });
      accepting.abort();
      const problems = await closeAll(({ category }) => category === 'input');
      working.abort();
      problems.push(...(await closeAll(({ category }) => category !== 'input')));
      deadline.removeEventListener('abort', giveUp);
      if (problems.length > 0) throw new AggregateError(problems, problems.map(sentenceOf).join('; '));
    },
    async inject(id, port, payloads) {
      const component = plan.components.find((candidate) => candidate.id === id);
      if (!component) throw new RangeError(`there is no component "${id}"`);
      const isInput = component.category === 'input';
      const doors = (isInput ? exits : entries)[component.index]!;
      const name = port ?? [...doors.keys()][0];
      if (name === undefined || !doors.has(name))
        throw new RangeError(`"${id}" has no ${isInput ? 'output' : 'input'} port "${name}"`);
      const source = `${plan.flow}.${id}.injected`;
      const messages = payloads.map((payload, sequence) => new Message(payload, world.now(), source, sequence));
      await (isInput ? emitFrom(component.index)(messages, name) : doors.get(name)!(messages));
    },
    facts: () => instances.map((instance) => instance.facts?.()),
  };
};
