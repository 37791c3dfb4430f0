import type { Plan } from './plan.ts';

/** What is counted of a component and of a connection. All are totals since the flow was first started. */
const perComponent = ['in', 'out', 'errors'] as const;
const perConnection = ['moved', 'dropped', 'waiting', 'waitingBytes', 'oldestAt'] as const;
const perHand = ['sequence', 'index', 'stops'] as const;
const slotsPerConnection = perConnection.length + perHand.length;

export interface ComponentTotals {
  readonly in: number;
  readonly out: number;
  readonly errors: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What waits in the buffer of a connection now, and what has passed it. `oldestAt` is a wall-clock time, 0 where nothing waits. */
export type ConnectionTotals = Readonly<Record<(typeof perConnection)[number], number>>;

/**
 * What a guaranteed connection hands on at this moment, which is still known when the thread has died of it: the block, or
 * one message of it (`index` from 0; -1 is the whole block), and how often the flow was stopped by it, this time included.
 */
export type Hand = Readonly<Record<(typeof perHand)[number], number>>;

/** Names and order of the drop reasons of a component type. */
export type DropReasons = (type: string) => readonly string[];

/**
 * The counters of one flow in shared memory: one thread adds, any thread reads, and nobody sends messages for it. Each
 * value is a float64, exact up to 2^53 and written by one thread only, so a read is never torn on a 64-bit machine.
 */
export class Counters {
  private readonly values: Float64Array;
  private readonly starts: readonly number[];
  private readonly reasons: readonly (readonly string[])[];
  private readonly connectionStart: number;

  constructor(
    private readonly plan: Plan,
    private readonly dropReasons: DropReasons,
    readonly memory: ArrayBufferLike = new SharedArrayBuffer(sizeOf(plan, dropReasons)),
  ) {
    this.values = new Float64Array(memory);
    this.reasons = plan.components.map(({ type }) => dropReasons(type));
    let next = 0;
    this.starts = this.reasons.map((reasons) => {
      const start = next;
      next += perComponent.length + reasons.length;
      return start;
    });
    this.connectionStart = next;
  }

  addIn(component: number, count: number): void {
    this.values[this.starts[component]!]! += count;
  }

  addOut(component: number, count: number): void {
    this.values[this.starts[component]! + 1]! += count;
  }

  addError(component: number, count: number): void {
    this.values[this.starts[component]! + 2]! += count;
  }

  /** Throws a RangeError on a reason that the component type does not declare: a drop without a name would not be seen. */
  addDropped(component: number, reason: string, count: number): void {
    const index = this.reasons[component]!.indexOf(reason);
    if (index < 0) throw new RangeError(`"${reason}" is no drop reason of "${this.plan.components[component]!.type}"`);
    this.values[this.starts[component]! + perComponent.length + index]! += count;
  }

  addMoved(connection: number, count: number): void {
    this.values[this.placeOf(connection)]! += count;
  }

  /** Messages that the buffer of a connection gave up. */
  addLost(connection: number, count: number): void {
    this.values[this.placeOf(connection) + 1]! += count;
  }

  setWaiting(connection: number, messages: number, bytes: number, oldestAt: number): void {
    const place = this.placeOf(connection);
    this.values[place + 2] = messages;
    this.values[place + 3] = bytes;
    this.values[place + 4] = oldestAt;
  }

  setHand(connection: number, { sequence, index, stops }: Hand): void {
    this.values.set([sequence, index, stops], this.placeOf(connection) + perConnection.length);
  }

  hand(connection: number): Hand {
    const start = this.placeOf(connection) + perConnection.length;
    const [sequence, index, stops] = this.values.subarray(start, start + perHand.length) as unknown as [
      number,
      number,
      number,
    ];
    return { sequence, index, stops };
  }

  component(index: number): ComponentTotals {
    const start = this.starts[index]!;
    const dropped = Object.fromEntries(
      this.reasons[index]!.map((reason, offset) => [reason, this.values[start + perComponent.length + offset]!]),
    );
    return { in: this.values[start]!, out: this.values[start + 1]!, errors: this.values[start + 2]!, dropped };
  }

  /** All that a component has given up, whatever the reason. */
  droppedOf(index: number): number {
    const start = this.starts[index]! + perComponent.length;
    let sum = 0;
    for (let offset = 0; offset < this.reasons[index]!.length; offset += 1) sum += this.values[start + offset]!;
    return sum;
  }

  connection(index: number): ConnectionTotals {
    const [moved, dropped, waiting, waitingBytes, oldestAt] = this.values.slice(
      this.placeOf(index),
      this.placeOf(index) + perConnection.length,
    ) as unknown as [number, number, number, number, number];
    return { moved, dropped, waiting, waitingBytes, oldestAt };
  }

  /** The same numbers at this moment, no longer changing. */
  copy(): Counters {
    return new Counters(this.plan, this.dropReasons, this.values.slice().buffer);
  }

  /** Goes on from the totals of an earlier run of the same flow, for the components and connections that both have. */
  continueFrom(earlier: Counters): void {
    for (const { id, index } of this.plan.components) {
      const before = earlier.plan.components.find((component) => component.id === id);
      if (!before) continue;
      const totals = earlier.component(before.index);
      this.addIn(index, totals.in);
      this.addOut(index, totals.out);
      this.addError(index, totals.errors);
      for (const [reason, count] of Object.entries(totals.dropped))
        if (this.reasons[index]!.includes(reason)) this.addDropped(index, reason, count);
    }
    for (const { title, index } of this.plan.connections) {
      const before = earlier.plan.connections.find((connection) => connection.title === title);
      if (!before) continue;
      const { moved, dropped, waiting, waitingBytes, oldestAt } = earlier.connection(before.index);
      this.addMoved(index, moved);
      this.addLost(index, dropped);
      this.setWaiting(index, waiting, waitingBytes, oldestAt);
      this.setHand(index, earlier.hand(before.index));
    }
  }

  private placeOf(connection: number): number {
    return this.connectionStart + connection * slotsPerConnection;
  }
}

const sizeOf = (plan: Plan, dropReasons: DropReasons): number => {
  const slots = plan.components.reduce((sum, { type }) => sum + perComponent.length + dropReasons(type).length, 0);
  return Math.max(1, slots + plan.connections.length * slotsPerConnection) * Float64Array.BYTES_PER_ELEMENT;
};
