import { formatDuration } from '@semstreams/contract';
import type { Counters } from '../../engine/counters.ts';
import type { Plan } from '../../engine/plan.ts';
import { minuteMs, type Recent } from './recent.ts';

/** Something about a running flow that needs a person. `component` is its index; the sentence has no name in it. */
export interface Trouble {
  readonly kind: 'silent' | 'waits' | 'loses' | 'unclaimed' | 'nearly_full';
  readonly component: number;
  readonly sentence: string;
}

/** A component needs attention from this part of its messages on that is lost, and no longer below the other one. */
const losing = { from: 0.1, until: 0.05 } as const;
/** Messages that wait need attention when the oldest is older than this and none was taken for a minute, in milliseconds. */
const oldMs = 5 * minuteMs;
/** A buffer needs attention from this part of its limit on, and no longer below the other one. */
const nearlyFull = { from: 0.9, until: 0.8 } as const;

interface Now {
  readonly recent: Recent;
  /** Monotonic and wall-clock time, in milliseconds. */
  readonly now: number;
  readonly wallNow: number;
  /** What a component waits for, if it does. */
  readonly waitsFor: (component: number) => string | undefined;
  /** For how many milliseconds a component has not answered; undefined where it has. */
  readonly silentFor: (component: number) => number | undefined;
  readonly whyLost: (component: number, reason: string) => string;
}

/**
 * Judges whether a running flow needs a person. It remembers what it said before, so that a flow at the border does not
 * go to and fro.
 */
export class Attention {
  private readonly losing = new Set<number>();
  private readonly full = new Set<number>();
  /** Where messages wait: how many of the connection were taken at most as far as was seen, and when one last was. */
  private readonly taken = new Map<number, { readonly count: number; readonly at: number }>();
  private isCalm = false;

  constructor(
    private readonly plan: Plan,
    private readonly counters: Counters,
  ) {}

  /** Whether the last verdict stands until a counter or a component changes, however much time goes by. */
  get isSettled(): boolean {
    return this.isCalm;
  }

  /** The most telling first, one for each component and kind. */
  judge(given: Now): Trouble[] {
    const silent = this.plan.components.flatMap(({ index }) => this.silence(index, given));
    this.isCalm = silent.length === 0 && given.recent.isFreeOfLoss(given.now) && this.hasEmptyBuffers;
    const losses = this.plan.components.flatMap(({ index }) => this.losses(index, given));
    const waits = this.plan.components.flatMap(({ index }): Trouble[] => {
      const sentence = given.waitsFor(index);
      return sentence === undefined ? [] : [{ kind: 'waits', component: index, sentence }];
    });
    const waiting = new Set(waits.map(({ component }) => component));
    const buffers = this.buffers(given).filter(({ component }) => !waiting.has(component));
    return [...silent, ...losses, ...waits, ...buffers];
  }

  private get hasEmptyBuffers(): boolean {
    return this.plan.connections.every(({ index }) => this.counters.waitingOf(index) === 0);
  }

  /** Who says what it waits for is not silent. */
  private silence(component: number, { silentFor, waitsFor }: Now): Trouble[] {
    const forMs = silentFor(component);
    if (forMs === undefined || waitsFor(component) !== undefined) return [];
    return [{ kind: 'silent', component, sentence: `has not answered for ${roundly(forMs)}` }];
  }

  private losses(component: number, { recent, now, whyLost }: Now): Trouble[] {
    const { count, ratio, reason, span } = recent.losses(this.plan.components[component]!.id, now);
    // one that failed among others is a dead letter, and no state of the flow
    const isEnough = ratio >= losing.from && (count > 1 || ratio === 1);
    const isLosing = this.losing.has(component) ? ratio >= losing.until : isEnough;
    if (!isLosing || reason === undefined) {
      this.losing.delete(component);
      return [];
    }
    this.losing.add(component);
    const became = reason === 'invalid' ? 'failed' : 'were dropped';
    const sentence = `${portion(ratio)} messages of ${span} ${became}: ${whyLost(component, reason)}`;
    return [{ kind: 'loses', component, sentence }];
  }

  private buffers({ now, wallNow }: Now): Trouble[] {
    return this.plan.connections.flatMap(({ index, to, buffer }): Trouble[] => {
      if (!buffer) return [];
      const { moved, dropped, waiting, waitingBytes, oldestAt } = this.counters.connection(index);
      const before = this.taken.get(index);
      const count = moved - waiting - dropped;
      const isTaken = before === undefined || count > before.count;
      const at = isTaken ? now : before.at;
      // what has come and what waits are not told at one moment, so the count goes to and fro: the highest one is what was taken
      if (waiting === 0) this.taken.delete(index);
      else this.taken.set(index, { count: Math.max(count, before?.count ?? count), at });
      const restedMs = now - at;
      const ageMs = oldestAt > 0 ? wallNow - oldestAt : restedMs;
      if (restedMs >= minuteMs && ageMs >= oldMs) {
        const minutes = Math.floor(ageMs / minuteMs);
        const sentence = `${waiting} messages wait, the oldest for ${formatDuration(minutes * minuteMs)}, and nobody takes them`;
        return [{ kind: 'unclaimed', component: to, sentence }];
      }
      const most = this.full.has(index) ? nearlyFull.until : nearlyFull.from;
      if (waitingBytes > buffer.maxBytes * most) this.full.add(index);
      else this.full.delete(index);
      return this.full.has(index)
        ? [{ kind: 'nearly_full', component: to, sentence: 'the buffer before it is nearly full' }]
        : [];
    });
  }
}

/** A time in words that change seldom. */
export const roundly = (milliseconds: number): string =>
  milliseconds < 2 * minuteMs
    ? `${Math.floor(milliseconds / 10_000) * 10} s`
    : formatDuration(Math.floor(milliseconds / minuteMs) * minuteMs);

/** A part in words, rounded so that the sentence is calm. */
const portion = (share: number): string => {
  if (share > 0.995) return 'all';
  if (share > 0.975) return 'nearly all';
  if (share >= 0.45 && share <= 0.55) return 'half of the';
  return `${Math.max(5, Math.round(share * 20) * 5)} % of the`;
};
