import type { ComponentDefinition } from '../../engine/component.ts';
import { Counters } from '../../engine/counters.ts';
import { sentenceOf } from '../../engine/fault.ts';
import { MemoryLog } from '../../engine/memory-log.ts';
import { Message } from '../../engine/message.ts';
import { planFlow } from '../../engine/plan.ts';
import { type RunningFlow, runFlow } from '../../engine/run-flow.ts';
import { hideForPeople } from '../../engine/without-secrets.ts';
import type { World } from '../../engine/world.ts';
import { dropReasonsOf } from '../../lanes/agreed/drop-reasons.ts';
import { shownWithout } from '../../lanes/inside/sampler.ts';
import type { GivenMessage, TrialOrder, TrialOutcome } from '../trial-order.ts';
import { triedComponents, watchFields } from './trial-answer.ts';
import { trialClock } from './trial-clock.ts';
import { type Prepared, prepare, trialParts } from './trial-parts.ts';
import { mostWorkMs, patienceOver } from './trial-patience.ts';
import { TrialRecord } from './trial-record.ts';

/** So much time passes when all messages are in, in milliseconds: a minute, an hour, a day, a month. */
const passing = [60_000, 3_600_000, 86_400_000, 31 * 86_400_000];

interface Around {
  readonly load: (type: string, ownFile: string | undefined) => Promise<ComponentDefinition>;
  /** This component is at work. */
  readonly enter: (component: string) => void;
}

/**
 * Runs a flow with some messages, in a world of its own: inputs and outputs are silent, time passes as the messages want it, and
 * what components keep is thrown away. A component that cannot be opened is left out, and the rest is tried.
 */
export const tryFlow = async (order: TrialOrder, around: Around): Promise<TrialOutcome> => {
  const prepared = await prepare(order, around.load);
  const over = patienceOver();
  for (;;) {
    const attempt = makeAttempt(order, prepared, around);
    const broken = await attempt.open(over);
    if (!broken) return attempt.run(over);
    prepared.broken.set(broken.id, broken.sentence);
  }
};

type Over = Promise<'over'>;
interface Broken {
  readonly id: string;
  readonly sentence: string;
}

const makeAttempt = (order: TrialOrder, prepared: Prepared, around: Around) => {
  const hide = hideForPeople(prepared.secrets);
  const record = new TrialRecord(shownWithout(prepared.secrets), hide);
  const broke = new Map<string, string>();
  const parts = trialParts(order, prepared, { record, broke: (id, sentence) => broke.set(id, sentence) });
  const plan = planFlow(parts.flow, parts.types);
  const clock = trialClock(order.messages[0]?.time ?? Date.now());
  const messages = order.messages.map(messageOf);
  for (const message of messages) record.numberOf(message);
  let entered = 0;
  let failure: Broken | undefined;
  const idOf = (component: number): string => plan.components[component]!.id;
  const counters = new Counters(plan, (type) => dropReasonsOf(parts.types.get(type)!));
  const world: World = {
    ...clock,
    dataDir: order.dataDir,
    counters,
    random: Math.random,
    enter: (component) => {
      if (component < 0) return;
      entered = component;
      around.enter(idOf(component));
    },
    report: () => undefined,
    openState: () => new MemoryLog(),
    openLog: () => new MemoryLog(),
    hand: () => {
      throw new Error('no connection of a trial is guaranteed');
    },
    invalid: () => undefined,
    failed: (component, fault) => (failure ??= { id: idOf(component), sentence: sentenceOf(fault) }),
  };
  let flow: RunningFlow | undefined;
  let fields: ReturnType<typeof watchFields> | undefined;

  /** Resolves with the component that cannot be opened, where there is one. */
  const open = async (over: Over): Promise<Broken | undefined> => {
    try {
      const all = plan.components.map(({ id }) => ({ definition: parts.types.get(id)!, config: parts.configOf(id) }));
      flow = runFlow(plan, all, world);
      fields = watchFields(flow, plan, prepared.secrets);
      if ((await Promise.race([flow.open(), over])) !== 'over') return undefined;
      return { id: idOf(entered), sentence: `it has not been opened within ${mostWorkMs / 1000} s` };
    } catch (thrown) {
      return failure ?? { id: idOf(entered), sentence: sentenceOf(thrown) };
    }
  };

  /** Lets the messages in, one after the other, and tells how many went in. */
  const feed = async (over: Over): Promise<number> => {
    const { emit, port } = parts.enter;
    for (const [index, message] of messages.entries()) {
      const way = async (): Promise<void> => {
        await clock.pass(Math.max(0, message.time - clock.now()));
        await emit!([message], port);
      };
      if ((await Promise.race([way(), over])) === 'over') return index;
    }
    return messages.length;
  };

  /** What components hold is let go as time passes, or at the end. */
  const end = async (): Promise<void> => {
    for (const milliseconds of passing) await clock.pass(milliseconds);
    await flow!.close(AbortSignal.timeout(mostWorkMs)).catch(() => undefined);
  };

  const run = async (over: Over): Promise<TrialOutcome> => {
    const tried = await feed(over);
    const facts = flow!.facts();
    const isOver = tried < messages.length || (await Promise.race([end(), over])) === 'over';
    const left =
      tried < messages.length ? `${tried} of ${messages.length} messages went in` : 'what comes of time is left out';
    return {
      tried,
      is_cut: record.isCut || isOver,
      ...(isOver ? { sentence: `the trial took longer than ${mostWorkMs / 1000} s: ${left}` } : {}),
      messages: record.messages,
      components: triedComponents(order, { plan, prepared, record, hide, broke, facts }),
      steps: record.steps,
      connections: fields!.tell(idOf),
    };
  };
  return { open, run };
};

const messageOf = ({ json, base64, headers, time }: GivenMessage, index: number): Message =>
  base64 === undefined
    ? Message.fromJson(json ?? 'null', { time, source: 'trial', sequence: index + 1, headers })
    : new Message(new Uint8Array(Buffer.from(base64, 'base64')), time, 'trial', index + 1, headers);
