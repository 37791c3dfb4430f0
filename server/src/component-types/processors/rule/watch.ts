import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';

/** How a rule stands for one group. Times are those at which messages came in, in milliseconds since 1970. */
export interface Standing {
  readonly isOn: boolean;
  /** Since when what messages say differs from that, where it does. */
  readonly changing: number | undefined;
  /** Since when it is on or off, by what messages said. */
  readonly since: number;
  /** When it was last told of; undefined where it never was on. */
  readonly told: number | undefined;
  /** The payload that it is told with when time has passed, as long as it is short. */
  readonly payload: unknown;
}

/** What is told: a rule begins to hold, ends, or goes on. */
export interface Told {
  readonly event: 'enter' | 'leave' | 'while';
  readonly since: number;
  /** When it happened. */
  readonly at: number;
  /** What it is told with; undefined where that was too long to be kept. */
  readonly payload: unknown;
}

export interface WatchOptions {
  /** What a message says: true or false, or nothing of this. */
  readonly says: (message: Message, isOn: boolean) => boolean | undefined;
  /** For so long it has to hold before it is on, and not to hold before it is off, in milliseconds. */
  readonly hold: number;
  readonly holdOff: number;
  /** How long after it was on it may not be on again, in milliseconds. */
  readonly coolDown: number;
  /** While it is on it is told of so often, in milliseconds; Infinity for never. */
  readonly repeat: number;
}

/** A payload of more characters is not kept. */
const longestKept = 4000;

const off: Standing = { isOn: false, changing: undefined, since: 0, told: undefined, payload: undefined };

/**
 * Watches whether a rule holds, for each group by itself. What a message says stands until the next one of its group, so time alone
 * can put a rule on or off; `pass` looks what is due.
 */
export class Watch {
  /** Nothing is due before this. */
  private nextDue = -Infinity;

  constructor(
    private readonly standings: KeptMap<Standing>,
    private readonly options: WatchOptions,
  ) {}

  /** Whether a message says what stands already, and nothing waits for its time: as nearly every one does. */
  isSettledBy(group: string, message: Message): boolean {
    const before = this.standings.get(group) ?? off;
    if (before.changing !== undefined || this.repeats(before)) return false;
    const says = this.options.says(message, before.isOn);
    return says === undefined || says === before.isOn;
  }

  /** Takes what a message says in, and tells what has changed: first what was due before it came. */
  take(group: string, message: Message, time: number): readonly Told[] {
    const before = this.standings.get(group) ?? off;
    const [due, told] = this.due(before, time);
    const says = this.options.says(message, due.isOn);
    if (says === undefined) return this.keep(group, before, due, told);
    const changing = says === due.isOn ? undefined : (due.changing ?? time);
    const payload = changing === undefined && !this.repeats(due) ? undefined : keepable(message);
    const standing = { ...due, changing, payload };
    const [now, more] = this.due(standing, time, message.payload);
    return this.keep(group, before, now, [...told, ...more]);
  }

  /** Tells what is due at a time, by group. */
  pass(time: number): readonly (readonly [group: string, told: readonly Told[]])[] {
    if (time < this.nextDue) return [];
    this.nextDue = Infinity;
    const all: [string, readonly Told[]][] = [];
    for (const [group, before] of [...this.standings.entries()]) {
      const [now, told] = this.due(before, time);
      if (told.length > 0) all.push([group, told]);
      this.keep(group, before, now, told);
    }
    return all;
  }

  /** The clock was set, so far forth or back: what has lasted for a time has lasted for the same time still. */
  shift(jumpMs: number): void {
    const moved = <Time extends number | undefined>(time: Time): Time =>
      (time === undefined ? undefined : time + jumpMs) as Time;
    for (const [group, standing] of [...this.standings.entries()]) {
      const { changing, since, told } = standing;
      this.standings.set(group, { ...standing, changing: moved(changing), since: moved(since), told: moved(told) });
    }
    this.nextDue += jumpMs;
  }

  /** For how many groups it is on. */
  get on(): number {
    let count = 0;
    for (const [, { isOn }] of this.standings.entries()) if (isOn) count += 1;
    return count;
  }

  private repeats({ isOn }: Standing): boolean {
    return isOn && this.options.repeat !== Infinity;
  }

  /** How it stands at a time, and what is told of what came about up to then; `payload` is that of a message just come. */
  private due(standing: Standing, time: number, payload = standing.payload): [Standing, Told[]] {
    const { repeat } = this.options;
    const told: Told[] = [];
    let now = standing;
    const changeAt = this.changeAt(standing);
    const last = standing.told ?? time;
    if (standing.isOn && time - last >= repeat && last + repeat < changeAt) {
      // what was missed is told of once
      const at = last + Math.floor((Math.min(time, changeAt) - last) / repeat) * repeat;
      told.push({ event: 'while', since: standing.since, at, payload });
      now = { ...now, told: at };
    }
    if (changeAt > time) return [now, told];
    const isOn = !standing.isOn;
    const since = standing.changing!;
    told.push({ event: isOn ? 'enter' : 'leave', since: isOn ? since : standing.since, at: changeAt, payload });
    const next = { isOn, changing: undefined, since, told: changeAt, payload: undefined };
    return [this.repeats(next) ? { ...next, payload: standing.payload } : next, told];
  }

  /** When it is put on or off, if nothing else comes; Infinity where what messages say does not differ. */
  private changeAt({ isOn, changing, told }: Standing): number {
    const { hold, holdOff, coolDown } = this.options;
    if (changing === undefined) return Infinity;
    if (isOn) return changing + holdOff;
    return told === undefined ? changing + hold : Math.max(changing + hold, told + coolDown);
  }

  private keep(group: string, before: Standing, now: Standing, told: readonly Told[]): readonly Told[] {
    const { repeat } = this.options;
    this.nextDue = Math.min(this.nextDue, this.changeAt(now), now.isOn ? now.told! + repeat : Infinity);
    if (!isSame(before, now)) this.standings.set(group, now);
    return told;
  }
}

const isSame = (one: Standing, other: Standing): boolean =>
  one.isOn === other.isOn &&
  one.changing === other.changing &&
  one.told === other.told &&
  one.payload === other.payload;

const keepable = (message: Message): unknown =>
  message.json.length <= longestKept ? (message.payload ?? null) : undefined;
