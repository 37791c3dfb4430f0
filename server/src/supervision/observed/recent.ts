import type { Counters } from '../../engine/counters.ts';
import type { Plan } from '../../engine/plan.ts';

/** Growth is kept in steps of this length, in milliseconds, for so long. */
const stepMs = 5000;
const keptMs = 5 * 60_000;
export const minuteMs = 60_000;
/** A component with fewer messages than this is looked at over the whole time. */
const fewMessages = 10;

/** What became of messages in one component over some time. */
export interface Growth {
  readonly errors: number;
  /** Given up for whatever reason. */
  readonly dropped: number;
  /** Given up for a reason that nobody chose, by that reason. */
  readonly lost: ReadonlyMap<string, number>;
  /** All that came to it, with what was given up before it got in. */
  readonly met: number;
}

const noGrowth: Growth = { errors: 0, dropped: 0, lost: new Map(), met: 0 };

interface Step {
  readonly at: number;
  errors: number;
  dropped: number;
  met: number;
  lost: Map<string, number> | undefined;
}

/** What a component lost of late: how many messages, which part of all, and the reason for most of them. */
export interface Losses {
  readonly count: number;
  readonly ratio: number;
  readonly reason: string | undefined;
  readonly span: 'the last minute' | 'the last five minutes';
}

type Totals = ReturnType<Counters['component']>;

/** Loss of one component since it was last asked. */
export interface Loss {
  readonly component: number;
  readonly reason: string;
  readonly count: number;
}

/** Reasons for which a message is given up before it counts as taken in. */
const beforeTaken: ReadonlySet<string> = new Set([
  'overflow',
  'buffer_full',
  'expired',
  'damaged',
  'removed',
  'too_large',
]);

/**
 * How the counters of a flow grew in the last five minutes, by component, in steps of five seconds. It lasts longer than a
 * run: what was lost a moment ago is not forgotten because the flow was started again.
 */
export class Recent {
  private readonly seen = new Map<string, Totals>();
  private readonly steps = new Map<string, Step[]>();
  private lostAt = -Infinity;

  /** Takes the totals of a run that begins as they are: they were counted before. */
  begin(plan: Plan, counters: Counters): void {
    for (const { id, index } of plan.components) this.seen.set(id, counters.component(index));
  }

  /**
   * Takes note of the growth since the last call, and returns what was lost in it. `now` is monotonic, in milliseconds;
   * `isPlanned` says which reasons were chosen in the settings of a component.
   */
  note(
    plan: Plan,
    counters: Counters,
    given: { readonly now: number; readonly isPlanned: (type: string, reason: string) => boolean },
  ): Loss[] {
    const losses: Loss[] = [];
    for (const { id, index, type, category } of plan.components) {
      const totals = counters.component(index);
      const before = this.seen.get(id);
      this.seen.set(id, totals);
      const taken = grown(totals.in, before?.in);
      const errors = grown(totals.errors, before?.errors);
      const dropped = Object.entries(totals.dropped)
        .map(([reason, count]) => ({ reason, count: grown(count, before?.dropped[reason]) }))
        .filter(({ count }) => count > 0);
      if (taken === 0 && errors === 0 && dropped.length === 0) continue;
      const step = this.stepAt(id, given.now);
      step.met += taken;
      step.errors += errors;
      for (const { reason, count } of dropped) {
        step.dropped += count;
        if (category === 'input' || beforeTaken.has(reason)) step.met += count;
        if (given.isPlanned(type, reason)) continue;
        (step.lost ??= new Map()).set(reason, (step.lost.get(reason) ?? 0) + count);
        losses.push({ component: index, reason, count });
      }
    }
    if (losses.length > 0) this.lostAt = given.now;
    return losses;
  }

  /** Whether nothing was lost in all the time that is remembered. */
  isFreeOfLoss(now: number): boolean {
    return now >= this.lostAt + stepMs + keptMs;
  }

  /** The growth of a component in the last `withinMs`, five minutes at most. */
  of(component: string, now: number, withinMs: number): Growth {
    const steps = this.steps.get(component);
    if (steps === undefined) return noGrowth;
    let [errors, dropped, met] = [0, 0, 0];
    const lost = new Map<string, number>();
    for (const step of steps) {
      if (step.at + stepMs <= now - withinMs) continue;
      errors += step.errors;
      dropped += step.dropped;
      met += step.met;
      for (const [reason, count] of step.lost ?? []) lost.set(reason, (lost.get(reason) ?? 0) + count);
    }
    return { errors, dropped, lost, met };
  }

  /** What a component lost of late, and of how many: in the last minute, or in the last five where few came. */
  losses(component: string, now: number): Losses {
    const minute = this.of(component, now, minuteMs);
    if (minute.met >= fewMessages) return lossesIn(minute, 'the last minute');
    const all = this.of(component, now, keptMs);
    return all.met < fewMessages ? lossesIn(all, 'the last five minutes') : lossesIn(minute, 'the last minute');
  }

  private stepAt(component: string, now: number): Step {
    const steps = this.steps.get(component) ?? [];
    this.steps.set(component, steps);
    while (steps[0] && steps[0].at + stepMs <= now - keptMs) steps.shift();
    const last = steps.at(-1);
    if (last && now < last.at + stepMs) return last;
    const step: Step = { at: now, errors: 0, dropped: 0, met: 0, lost: undefined };
    steps.push(step);
    return step;
  }
}

const lossesIn = ({ lost, met }: Growth, span: Losses['span']): Losses => {
  const count = [...lost.values()].reduce((sum, each) => sum + each, 0);
  const [reason] = [...lost].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { count, ratio: count === 0 ? 0 : Math.min(1, count / Math.max(met, count)), reason, span };
};

const grown = (total: number, before = 0): number => Math.max(0, total - before);
