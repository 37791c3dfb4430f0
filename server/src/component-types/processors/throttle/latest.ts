import { groupReader } from '../../../component-kit/fields/key-reader.ts';
import { HeldMessage, heldIn } from '../../../engine/held-message.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Batch, Message } from '../../../engine/message.ts';
import type { ThrottleOptions } from './throttle.ts';

/** The newest messages of a group, which wait for the end of their time. It began then, in milliseconds since 1970. */
export type Waiting = readonly [since: number, newest: readonly (HeldMessage | string)[]];

export interface LatestOptions extends ThrottleOptions {
  /** Groups. */
  readonly most: number;
  /** Bytes that all that waits may take. */
  readonly mostBytes: number;
}

/** What goes on, and what was too much. */
export interface Decided {
  readonly out: Batch;
  readonly rest: Batch;
}

/**
 * Holds the newest messages of each group until their time is over. A time begins with the first message after the one before has
 * ended, and is that at which messages came in; the clock ends it where nothing more comes. Where more groups or bytes wait than may, the
 * one to which nothing came for longest goes on early.
 */
export class Latest {
  private readonly groupOf: (message: Message) => string;
  private bytes = 0;

  constructor(
    private readonly options: LatestOptions,
    private readonly waiting: KeptMap<Waiting>,
  ) {
    this.groupOf = groupReader(options.by);
  }

  /** To be called when what was kept is there. */
  open(): void {
    this.bytes = 0;
    for (const [, [, newest]] of this.waiting.entries()) this.bytes += sizeOf(newest);
  }

  take(message: Message): Decided {
    const { waiting } = this;
    const group = this.groupOf(message);
    const out: Message[] = [];
    const rest: Message[] = [];
    const before = waiting.get(group);
    if (before && this.isOver(before, message.time)) out.push(...this.release(group));
    const held = new HeldMessage(message);
    const [since, newest] = waiting.get(group) ?? [message.time, []];
    this.bytes += held.size;
    const kept = [...newest, held];
    if (kept.length > this.options.messages) {
      const tooMuch = heldIn(kept.shift()!);
      this.bytes -= tooMuch.size;
      rest.push(tooMuch.message);
    }
    if (!waiting.has(group) && waiting.size >= this.options.most) out.push(...this.releaseOldest());
    waiting.set(group, [since, kept]);
    while (this.bytes > this.options.mostBytes) out.push(...this.releaseOldest());
    return { out, rest };
  }

  /** What has waited for its time; the groups in the order in which something came to them. */
  over(nowMs: number): Batch {
    const ended = [...this.waiting.entries()].filter(([, one]) => this.isOver(one, nowMs));
    return ended.flatMap(([group]) => this.release(group));
  }

  all(): Batch {
    return [...this.waiting.entries()].flatMap(([group]) => this.release(group));
  }

  /** A clock that was set back ends the time too. */
  private isOver([since]: Waiting, nowMs: number): boolean {
    return Math.abs(nowMs - since) >= this.options.per;
  }

  private releaseOldest(): Message[] {
    const [group] = this.waiting.entries().next().value!;
    return this.release(group);
  }

  private release(group: string): Message[] {
    const [, newest] = this.waiting.get(group)!;
    this.waiting.delete(group);
    this.bytes -= sizeOf(newest);
    return newest.map((held) => heldIn(held).message);
  }
}

const sizeOf = (newest: Waiting[1]): number => newest.reduce((sum, held) => sum + heldIn(held).size, 0);
