import { groupReader } from '../../../component-kit/fields/key-reader.ts';
import { HeldMessage, heldIn } from '../../../engine/held-message.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';

/** A message that waits, with the group that it belongs to. By their numbers in the order in which they came. */
export type Waiting = readonly [group: string, held: HeldMessage | string];

export interface BatchOptions {
  readonly messages: number;
  /** Characters of a list as JSON. */
  readonly size: number;
  /** Milliseconds after the first message of a list. */
  readonly wait: number;
  readonly by: readonly string[];
  /** Lists at a time. */
  readonly most: number;
  /** Bytes that all of them may take. */
  readonly mostBytes: number;
}

/** The messages of a list, in the order in which they came; at least one. */
export type Collected = readonly Message[];

/** A list that is being collected. */
interface Open {
  readonly messages: Message[];
  /** Under which each message is kept. */
  readonly keys: string[];
  /** Characters of the list as JSON. */
  size: number;
  bytes: number;
}

/**
 * Collects messages into lists. The time of a list is that at which its messages came in, so that what is handed over again after a
 * crash is collected as it was; the clock ends it where nothing more comes.
 */
export class Batches {
  private readonly groupOf: (message: Message) => string;
  /** By group, in the order in which they were begun. */
  private readonly open = new Map<string, Open>();
  private number = 0;
  private bytes = 0;

  constructor(
    private readonly options: BatchOptions,
    private readonly waiting: KeptMap<Waiting>,
  ) {
    this.groupOf = groupReader(options.by);
  }

  /** Lists that are collected. */
  get size(): number {
    return this.open.size;
  }

  /** Goes on with what was kept before a restart; to be called when that is there. */
  restore(): void {
    for (const [key, [group, value]] of this.waiting.entries()) {
      this.number = Math.max(this.number, Number(key));
      this.put(group, key, heldIn(value));
    }
  }

  /** Takes a message in, and returns the lists that are complete by that. Throws an InvalidMessage, and has changed nothing then. */
  add(message: Message): Collected[] {
    const { options, open } = this;
    const held = new HeldMessage(message);
    const group = this.groupOf(message);
    const size = message.json.length;
    const made: Collected[] = [];
    const before = open.get(group);
    if (before && (this.isOver(before, message.time) || before.size + size + commaLength > options.size))
      made.push(this.release(group));
    if (!open.has(group) && open.size >= options.most) made.push(this.releaseOldest());
    this.number += 1;
    this.waiting.set(String(this.number), [group, held]);
    this.put(group, String(this.number), held);
    const now = open.get(group)!;
    if (now.messages.length >= options.messages || now.size >= options.size) made.push(this.release(group));
    while (this.bytes > options.mostBytes) made.push(this.releaseOldest());
    return made;
  }

  /** The lists whose time is over. */
  over(nowMs: number): Collected[] {
    const groups = [...this.open].filter(([, one]) => this.isOver(one, nowMs));
    return groups.map(([group]) => this.release(group));
  }

  all(): Collected[] {
    return [...this.open.keys()].map((group) => this.release(group));
  }

  private put(group: string, key: string, held: HeldMessage): void {
    const one = this.open.get(group) ?? { messages: [], keys: [], size: bracketsLength, bytes: 0 };
    one.size += held.message.json.length + (one.messages.length > 0 ? commaLength : 0);
    one.bytes += held.size;
    one.messages.push(held.message);
    one.keys.push(key);
    this.bytes += held.size;
    this.open.set(group, one);
  }

  /** A clock that was set back ends the time too. */
  private isOver({ messages }: Open, nowMs: number): boolean {
    return Math.abs(nowMs - messages[0]!.time) >= this.options.wait;
  }

  private releaseOldest(): Collected {
    return this.release(this.open.keys().next().value!);
  }

  private release(group: string): Collected {
    const { messages, keys, bytes } = this.open.get(group)!;
    this.open.delete(group);
    this.bytes -= bytes;
    for (const key of keys) this.waiting.delete(key);
    return messages;
  }
}

const bracketsLength = 2;
const commaLength = 1;

/** A list as JSON, without anything being parsed or written anew. */
export const listOf = (messages: Collected): string => `[${messages.map(({ json }) => json).join(',')}]`;
