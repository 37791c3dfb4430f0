import { setTimeout as sleep } from 'node:timers/promises';
import type { Flow } from '@semstreams/contract';
import { loadDefinition } from '../components/load-definition.ts';
import type { ComponentDefinition, Facts } from '../engine/component.ts';
import { Counters } from '../engine/counters.ts';
import { FatalFault, sentenceOf } from '../engine/fault.ts';
import { isAborted } from '../engine/is-aborted.ts';
import { Parking, placeOf } from '../engine/parking.ts';
import { planFlow } from '../engine/plan.ts';
import { type Part, runFlow, type RunningFlow } from '../engine/run-flow.ts';
import type { World } from '../engine/world.ts';
import { giveBackMemoryOfStart } from '../memory-after-start.ts';
import { LaneNats } from '../nats/lane-nats.ts';
import { dropReasonsOf } from './drop-reasons.ts';
import { failureDesk } from './failure-desk.ts';
import { Injections } from './injections.ts';
import { type FromLane, idle, type LaneSetup, opening, pulse, type RunId, type ToLane } from './lane-protocol.ts';
import { secretsIn, withSecrets } from './secrets.ts';
import { summarise } from './summarise.ts';
import { laneTaps } from './lane-taps.ts';

interface Hosted {
  readonly id: string;
  readonly flow: RunningFlow;
  readonly injections: Injections;
  /** Resolves when all dead letters that it has made so far are on disk. */
  readonly deadLettersKept: () => Promise<void>;
  readonly components: readonly string[];
  /** The places where what it leaves is taken over: those where the next run of the flow listens. */
  readonly nextPlaces: Set<string>;
  /** Secrets of its configs: nobody who looks at its messages sees them. */
  readonly secrets: readonly string[];
}

/** Runs flows inside a lane's thread. `say` tells the main thread; `marks` is the pulse. */
export const hostLane = (setup: LaneSetup, marks: Int32Array, say: (message: FromLane) => void) => {
  /** Runs whose component types are still being loaded; one that is stopped meanwhile is never opened. */
  const starting = new Set<RunId>();
  const hosted = new Map<RunId, Hosted>();
  const nats = new LaneNats(setup.nats);
  const taps = laneTaps(say);
  const parking = new Parking();

  const start = async ({ run, flow, counters }: Extract<ToLane, { kind: 'start' }>): Promise<void> => {
    const fail = (component: string | undefined, thrown: unknown) =>
      say({ kind: 'failed', run, component, sentence: sentenceOf(thrown) });
    starting.add(run);
    try {
      marks[pulse.run] = run;
      marks[pulse.component] = opening;
      const definitions = await loadDefinitions(new Set(flow.components.map(({ type }) => type)), setup);
      if (!starting.has(run)) return;
      const plan = planFlow(flow, definitions);
      const names = plan.components.map(({ id }) => id);
      const parts = partsOf(flow, definitions, setup.secretsDir);
      const places = placesOf(flow, parts);
      const nextPlaces = new Set<string>();
      const tell = summarise((component, sentence, count) =>
        say({ kind: 'invalid', run, component: names[component]!, sentence, count }),
      );
      const desk = failureDesk({
        plan,
        add: async (block) => nats.addDeadLetters(flow.id, block),
        wait: async (milliseconds) => sleep(milliseconds),
        now: Date.now,
        tell,
      });
      const world: World = {
        dataDir: setup.dataDir,
        counters: new Counters(plan, (type) => dropReasonsOf(definitions.get(type)!), counters),
        now: Date.now,
        monotonic: () => performance.now(),
        random: Math.random,
        wait: async (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
        enter: (component) => {
          marks[pulse.run] = run;
          marks[pulse.component] = component;
        },
        report: (component, state, sentence) =>
          say({ kind: 'report', run, component: names[component]!, state, sentence }),
        openLog: ({ from, fromPort, to, toPort, buffer }) =>
          nats.log({ flow: flow.id, from: names[from]!, fromPort, to: names[to]!, toPort }, buffer!),
        invalid: desk.take,
        failed: (component, fault) => fail(names[component], fault),
        park: (component, parked) => {
          const place = places[component];
          if (place === undefined || !nextPlaces.has(place)) return false;
          parking.park(place, parked);
          return true;
        },
        adopt: (component) => {
          const place = places[component];
          return place === undefined ? undefined : parking.adopt(place);
        },
      };
      const running = runFlow(plan, parts, world);
      const secrets = flow.components.flatMap(({ id, config }) => secretsIn(config, setup.secretsDir, id));
      hosted.set(run, {
        id: flow.id,
        flow: running,
        injections: new Injections(running),
        deadLettersKept: desk.kept,
        components: names,
        nextPlaces,
        secrets,
      });
      await running.open().then(
        () => say({ kind: 'running', run }),
        () => undefined,
      );
    } catch (thrown) {
      fail(undefined, thrown);
    } finally {
      starting.delete(run);
      if (marks[pulse.component] === opening) marks[pulse.component] = idle;
      giveBackMemoryOfStart();
    }
  };

  const stop = async ({ run, withinMs, next }: Extract<ToLane, { kind: 'stop' }>): Promise<void> => {
    starting.delete(run);
    const found = hosted.get(run);
    hosted.delete(run);
    taps.closeAll(run);
    let problem: string | undefined;
    if (found) {
      const deadline = AbortSignal.timeout(withinMs);
      if (next) for (const place of await placesOfNext(next, setup)) found.nextPlaces.add(place);
      found.injections.end();
      try {
        await found.flow.close(deadline);
      } catch (thrown) {
        problem = sentenceOf(thrown);
      }
      await Promise.race([found.deadLettersKept(), isAborted(deadline)]);
      nats.forget(found.id);
    }
    say({ kind: 'stopped', run, problem });
  };

  const inject = async (message: Extract<ToLane, { kind: 'inject' }>): Promise<void> => {
    const { run, request } = message;
    try {
      const injections = hosted.get(run)?.injections;
      if (!injections) throw new FatalFault('the flow does not run');
      await injections.inject(message);
      say({ kind: 'injected', request, problem: undefined });
    } catch (thrown) {
      say({ kind: 'injected', request, problem: sentenceOf(thrown) });
    }
  };

  const handle = async (message: ToLane): Promise<void> => {
    switch (message.kind) {
      case 'start':
        return start(message);
      case 'stop':
        return stop(message);
      case 'inject':
        return inject(message);
      case 'withdraw':
        hosted.get(message.run)?.injections.withdraw(message.request);
        return;
      case 'tap': {
        const found = hosted.get(message.run);
        return found && taps.open(message, found);
      }
      case 'untap':
        return taps.close(message.tap);
    }
  };

  return {
    handle,
    tellFacts(): void {
      for (const [run, { flow, components }] of hosted) {
        const facts: Record<string, Facts> = {};
        flow.facts().forEach((fact, index) => {
          if (fact) facts[components[index]!] = fact;
        });
        if (Object.keys(facts).length > 0) say({ kind: 'facts', run, facts });
      }
    },
  };
};

const partsOf = (
  flow: Flow,
  definitions: ReadonlyMap<string, ComponentDefinition>,
  secretsDir: string,
): readonly Part[] =>
  flow.components.map(({ id, type, config = {} }) => {
    const definition = definitions.get(type)!;
    return { definition, config: definition.config.parse(withSecrets(config, secretsDir, id)) };
  });

/** Where each component listens; undefined for those that do not. */
const placesOf = (flow: Flow, parts: readonly Part[]): readonly (string | undefined)[] =>
  parts.map(({ definition, config }, index) => {
    const at = definition.listens?.(config);
    return at && placeOf(flow.id, flow.components[index]!, at);
  });

/** Where a flow will listen: nowhere when it cannot be started at all, which its start will say. */
const placesOfNext = async (flow: Flow, setup: LaneSetup): Promise<readonly string[]> => {
  try {
    const definitions = await loadDefinitions(new Set(flow.components.map(({ type }) => type)), setup);
    return placesOf(flow, partsOf(flow, definitions, setup.secretsDir)).filter((place) => place !== undefined);
  } catch {
    return [];
  }
};

const loadDefinitions = async (
  types: ReadonlySet<string>,
  setup: LaneSetup,
): Promise<ReadonlyMap<string, ComponentDefinition>> =>
  new Map(
    await Promise.all(
      [...types].map(async (type) => [type, await loadDefinition(type, setup.ownComponents[type])] as const),
    ),
  );
