import { setTimeout as sleep } from 'node:timers/promises';
import type { ComponentDefinition, Facts } from '../../engine/component.ts';
import { Counters, reasonsWith } from '../../engine/counters.ts';
import { sentenceOf } from '../../engine/fault.ts';
import type { Parking } from '../../engine/parking.ts';
import { planFlow } from '../../engine/plan.ts';
import { runFlow, type RunningFlow } from '../../engine/run-flow.ts';
import { type Hide, hideForPeople, hideIn } from '../../engine/without-secrets.ts';
import type { World } from '../../engine/world.ts';
import type { LaneNats } from '../../nats/lane-nats.ts';
import { dropReasonsOf } from '../agreed/drop-reasons.ts';
import { failureDesk } from './failure-desk.ts';
import { HandFile } from '../agreed/hand-file.ts';
import { Injections } from './injections.ts';
import type { FromRun, RunOrder } from '../agreed/lane-protocol.ts';
import { type RecentMessages, watchAll } from './recent-messages.ts';
import { partsOf, placesOf, secretsOf } from './parts-of.ts';
import { summarise } from './summarise.ts';
import { tellReports } from './tell-reports.ts';

/** One run of a flow inside a lane. */
export interface HostedRun {
  readonly flow: RunningFlow;
  readonly injections: Injections;
  /** Whether its components are open; nothing is injected before. */
  isOpen: boolean;
  readonly components: readonly { readonly id: string; readonly type: string }[];
  /** The places where what it leaves is taken over: those where the next run of the flow listens. */
  readonly nextPlaces: Set<string>;
  /** Secrets of its configs: nobody who looks at its messages sees them. */
  readonly secrets: readonly string[];
  /** Some of the messages of each connection. */
  readonly recent: readonly RecentMessages[];
  /** Makes a sentence about it fit for people. */
  readonly hide: Hide;
  /** Resolves when all dead letters that it has made so far are on disk. */
  readonly deadLettersKept: () => Promise<void>;
  /** Tells what has been counted since this was last called. */
  tellCounted(): void;
  tellFacts(): void;
  /** It has ended in order: nothing is in hand. */
  forget(): void;
}

/** Makes a flow of an order, with all that it needs of the lane. Nothing is opened yet. */
export const runInLane = (
  { run, flow, totals, hands }: RunOrder,
  given: {
    readonly dataDir: string;
    readonly diskStopAt: number;
    readonly secretsDir: string;
    readonly definitions: ReadonlyMap<string, ComponentDefinition>;
    readonly nats: LaneNats;
    readonly parking: Parking;
    readonly enter: (component: number) => void;
    readonly say: (message: FromRun) => void;
  },
): HostedRun => {
  const { dataDir, diskStopAt, secretsDir, definitions, nats, parking } = given;
  const secrets = secretsOf(flow, definitions, secretsDir);
  const hide = hideForPeople(secrets);
  const say = (message: FromRun): void => given.say(forPeople(message, hide));
  const plan = planFlow(flow, definitions);
  const names = plan.components.map(({ id }) => id);
  const parts = partsOf(flow, definitions, secretsDir);
  const places = placesOf(flow, parts);
  const nextPlaces = new Set<string>();
  const counters = new Counters(
    plan,
    reasonsWith((type) => dropReasonsOf(definitions.get(type)!), totals),
  );
  counters.continueFrom(totals);
  say({ kind: 'layout', run, reasons: counters.layout });
  const count = counting(counters, (values) => say({ kind: 'counted', run, values }));

  const guaranteed = plan.connections.filter(({ buffer }) => buffer);
  const titles = guaranteed.map(({ title }) => title);
  const handFile = titles.length > 0 ? new HandFile({ dataDir, flow: flow.id }, titles, hands) : undefined;
  const report = tellReports((component, state, sentence) =>
    say({ kind: 'report', run, component: names[component]!, state, sentence }),
  );
  const desk = failureDesk({
    plan,
    add: async (block) => nats.addDeadLetters(flow.id, block),
    wait: async (milliseconds) => sleep(milliseconds),
    now: Date.now,
    random: Math.random,
    tell: summarise((component, sentence, count) =>
      say({ kind: 'invalid', run, component: names[component]!, sentence, count }),
    ),
    unkept: (component) => {
      counters.addDropped(component, 'invalid', -1);
      counters.addDropped(component, 'unkept', 1);
    },
    stuck: (component, sentence) => report(component, sentence === undefined ? 'running' : 'waiting', sentence ?? ''),
  });
  const world: World = {
    dataDir,
    instance: nats.instance,
    diskStopAt,
    counters,
    now: Date.now,
    monotonic: () => performance.now(),
    random: Math.random,
    wait: async (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    enter: given.enter,
    report,
    log: (component, level, sentence) => say({ kind: 'logged', run, component: names[component]!, level, sentence }),
    silent: (component, forMs) => say({ kind: 'silent', run, component: names[component]!, forMs }),
    openLog: ({ from, fromPort, to, toPort, buffer }) =>
      nats.log({ flow: flow.id, from: names[from]!, fromPort, to: names[to]!, toPort }, buffer!, (sentence) =>
        say({ kind: 'noted', run, sentence }),
      ),
    openState: (component) =>
      nats.state({ flow: flow.id, component: names[component]! }, (sentence) => say({ kind: 'noted', run, sentence })),
    hand: (connection) => handFile!.notes(guaranteed.indexOf(connection)),
    // the reason stays with the dead letter, in every backup of it
    invalid: (failure, isKept) => desk.take({ ...failure, sentence: hide(failure.sentence) }, isKept),
    failed: (component, fault) =>
      say({ kind: 'failed', run, component: names[component], sentence: sentenceOf(fault) }),
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
  const facts = knownFacts();
  return {
    flow: running,
    injections: new Injections(running),
    isOpen: false,
    components: plan.components,
    nextPlaces,
    secrets,
    recent: watchAll(running, plan.connections, secrets),
    hide,
    deadLettersKept: desk.kept,
    tellCounted: count,
    tellFacts() {
      const news = facts.news(running.facts(), names);
      if (news) say({ kind: 'facts', run, facts: news });
    },
    forget: () => handFile?.close(),
  };
};

/** A message without the secrets of its flow, in all that people read of it. */
const forPeople = (message: FromRun, hide: Hide): FromRun => {
  switch (message.kind) {
    case 'report':
    case 'logged':
    case 'invalid':
    case 'failed':
      return { ...message, sentence: hide(message.sentence) };
    case 'facts':
      return { ...message, facts: hideIn(message.facts, hide) as typeof message.facts };
    default:
      return message;
  }
};

/** Tells the values when they have changed since they were told last. */
const counting = (counters: Counters, tell: (values: Float64Array) => void): (() => void) => {
  let told: number | undefined;
  return () => {
    if (counters.changes === told) return;
    told = counters.changes;
    tell(counters.snapshot());
  };
};

const longestFacts = 4096;

/** What components tell of themselves, as JSON whatever it is, and only where it has changed. */
const knownFacts = () => {
  const known = new Map<string, string>();
  return {
    news(facts: readonly (Facts | undefined)[], names: readonly string[]): Record<string, Facts> | undefined {
      const news: Record<string, Facts> = {};
      facts.forEach((each, index) => {
        const name = names[index]!;
        const text = each && asJson(each);
        if (text === undefined || text.length > longestFacts || known.get(name) === text) return;
        known.set(name, text);
        news[name] = JSON.parse(text) as Facts;
      });
      return Object.keys(news).length > 0 ? news : undefined;
    },
  };
};

const asJson = (facts: Facts): string | undefined => {
  try {
    return JSON.stringify(facts);
  } catch {
    return undefined;
  }
};
