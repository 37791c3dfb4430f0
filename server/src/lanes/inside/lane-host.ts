import { stat } from 'node:fs/promises';
import type { Flow } from '@semstreams/contract';
import { loadDefinition } from '../../catalogue/load-definition.ts';
import { needsSecretsFolder } from '../../catalogue/secrets.ts';
import type { ComponentDefinition } from '../../engine/component.ts';
import { FatalFault, sentenceOf } from '../../engine/fault.ts';
import { isAborted } from '../../engine/is-aborted.ts';
import { Parking } from '../../engine/parking.ts';
import { giveBackMemoryOfStart } from '../../machine/memory-after-start.ts';
import { patientLooks } from '../../machine/patient-look.ts';
import { LaneNats } from '../../nats/lane-nats.ts';
import {
  type FromLane,
  type FromRun,
  type LaneSetup,
  place,
  type RunId,
  type ToLane,
} from '../agreed/lane-protocol.ts';
import { laneTaps } from './lane-taps.ts';
import { placesOfNext } from './parts-of.ts';
import { type HostedRun, runInLane } from './run-in-lane.ts';
import { type Worker, WorkNotes } from '../agreed/work-notes.ts';

type Order<Kind> = Extract<ToLane, { readonly kind: Kind }>;

/** Runs flows inside a lane's process. `say` tells the server. */
export const hostLane = (setup: LaneSetup, say: (message: FromLane) => void) => {
  const workers = new Map<RunId, Worker>();
  const hosted = new Map<RunId, HostedRun>();
  const notes = new WorkNotes(setup.dataDir, setup.name);
  let { isDiskFull } = setup;
  const nats = new LaneNats(setup.nats, {
    isDiskFull: () => isDiskFull,
    askForRoom: (asked) => say({ kind: 'room', ...asked }),
  });
  const taps = laneTaps(say);
  const parking = new Parking();

  const secretsLook = patientLooks(setup.secretsDir);
  /** Secrets are read without waiting, so their folder is asked before: rejects where its drive does not answer. */
  const secretsAnswer = async ({ components }: Flow): Promise<void> => {
    if (setup.secretsDir === '' || !needsSecretsFolder(components.map(({ config }) => config))) return;
    await secretsLook(async () => stat(setup.secretsDir).catch(() => undefined));
  };

  /** What was counted until then is told before anything else, so that nobody sees the one without the other. */
  const sayOf = (message: FromRun): void => {
    if (message.kind !== 'counted') hosted.get(message.run)?.tellCounted();
    say(message);
  };

  const start = async ({ kind: _, ...order }: Order<'start'>): Promise<void> => {
    const { run, flow } = order;
    // each component is noted as it opens, whatever is noted later
    const worker: Worker = { run, flow: flow.id, isCareful: true };
    workers.set(run, worker);
    try {
      notes.enter(worker, place.opening);
      const definitions = await loadDefinitions(new Set(flow.components.map(({ type }) => type)), setup);
      await secretsAnswer(flow);
      // one that was stopped meanwhile is never opened
      if (!workers.has(run)) return;
      notes.enter(worker, place.opening);
      const made = runInLane(order, {
        ...setup,
        definitions,
        nats,
        parking,
        enter: (component) => notes.enter(worker, component),
        say: sayOf,
      });
      hosted.set(run, made);
      await made.flow.open().then(
        () => {
          made.isOpen = true;
          worker.isCareful = order.isCareful || hasOwnTypes(flow);
          sayOf({ kind: 'running', run });
        },
        () => undefined,
      );
    } catch (thrown) {
      sayOf({ kind: 'failed', run, component: undefined, sentence: sentenceOf(thrown) });
    } finally {
      giveBackMemoryOfStart();
    }
  };

  /** Nobody knows what a component type does that does not come with the product: it is named at once. */
  const hasOwnTypes = (flow: Flow): boolean =>
    flow.components.some(({ type }) => setup.ownComponents[type] !== undefined);

  const nextPlaces = async (next: Flow): Promise<readonly string[]> =>
    placesOfNext(next, setup.secretsDir, async (types) => {
      await secretsAnswer(next);
      return loadDefinitions(types, setup);
    });

  const stop = async ({ run, withinMs, next }: Order<'stop'>): Promise<void> => {
    const worker = workers.get(run);
    const found = hosted.get(run);
    workers.delete(run);
    taps.closeAll(run);
    let problem: string | undefined;
    if (found) {
      const deadline = AbortSignal.timeout(withinMs);
      if (next) for (const place of await nextPlaces(next)) found.nextPlaces.add(place);
      found.injections.end();
      try {
        await found.flow.close(deadline);
      } catch (thrown) {
        problem = found.hide(sentenceOf(thrown));
      }
      await Promise.race([found.deadLettersKept(), isAborted(deadline)]);
      found.tellCounted();
      found.forget();
      hosted.delete(run);
    }
    if (worker) {
      nats.forget(worker.flow);
      notes.forget(worker);
    }
    say({ kind: 'stopped', run, problem });
  };

  const inject = async (message: Order<'inject'>): Promise<void> => {
    const { run, request } = message;
    const answer = (problem: string | undefined): void => {
      hosted.get(run)?.tellCounted();
      say({ kind: 'injected', request, problem });
    };
    try {
      const found = workers.has(run) ? hosted.get(run) : undefined;
      if (!workers.has(run)) throw new FatalFault('the flow does not run');
      if (!found?.isOpen) throw new FatalFault('the flow is being started; try again when it runs');
      await found.injections.inject(message);
      answer(undefined);
    } catch (thrown) {
      const sentence = sentenceOf(thrown);
      answer(hosted.get(run)?.hide(sentence) ?? sentence);
    }
  };

  const look = ({ run, request, connection }: Order<'look'>): void => {
    const recent = hosted.get(run)?.recent ?? [];
    const messages = connection === undefined ? [] : (recent[connection]?.messages() ?? []);
    const asked = connection === undefined ? recent : [];
    say({ kind: 'looked', request, seen: { connections: asked.map(({ seen }) => seen()), messages } });
  };

  const handle = async (message: Exclude<ToLane, Order<'setup' | 'ask'>>): Promise<void> => {
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
      case 'look':
        return look(message);
      case 'untap':
        return taps.close(message.tap);
      case 'disk':
        isDiskFull = message.isFull;
        return;
      case 'room':
        return nats.answerRoom(message);
    }
  };

  return {
    handle,
    tellCounted(): void {
      for (const run of hosted.values()) run.tellCounted();
    },
    tellFacts(): void {
      for (const run of hosted.values()) run.tellFacts();
    },
    /** Looks at some more messages of each connection. */
    lookAgain(): void {
      for (const { recent } of hosted.values()) for (const { lookAgain } of recent) lookAgain();
    },
    /**
     * Ends the one run of several that what was thrown can have come from; false where that is not known. A run alone in its
     * lane ends with the lane.
     */
    blame(thrown: unknown): boolean {
      if (hosted.size < 2) return false;
      const stack = String((thrown as Error | undefined)?.stack);
      const isFrom = (type: string): boolean => {
        const own = setup.ownComponents[type];
        return stack.includes(own ?? `/${type.replaceAll('_', '-')}.component`);
      };
      const suspects = [...hosted].flatMap(([run, { components }]) =>
        components.filter(({ type }) => isFrom(type)).map(({ id }) => ({ run, component: id })),
      );
      if (suspects.length === 0 || suspects.some(({ run }) => run !== suspects[0]!.run)) return false;
      const { run } = suspects[0]!;
      const component = suspects.length === 1 ? suspects[0]!.component : undefined;
      sayOf({ kind: 'failed', run, component, sentence: sentenceOf(thrown), isUncaught: true });
      return true;
    },
    /** The lane ends in order. */
    close: () => notes.close(),
  };
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
