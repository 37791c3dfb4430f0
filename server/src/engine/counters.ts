import { latencyClass, latencyClasses } from './latency.ts';
import type { Batch } from './message.ts';
import type { Plan } from './plan.ts';

/** What is counted of a component and of a connection. All are totals since the flow was first started. */
const perComponent = ['in', 'out', 'errors'] as const;
const perConnection = ['moved', 'dropped', 'waiting', 'waitingBytes', 'oldestAt'] as const;

export interface ComponentTotals {
  readonly in: number;
  readonly out: number;
  readonly errors: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What waits in the buffer of a connection now, and what has passed it. `oldestAt` is a wall-clock time, 0 where nothing waits. */
export type ConnectionTotals = Readonly<Record<(typeof perConnection)[number], number>>;

/** All numbers of a flow under their names: components by id, connections by title. */
export interface Totals {
  readonly components: Readonly<Record<string, ComponentTotals>>;
  readonly connections: Readonly<Record<string, ConnectionTotals>>;
}
export const noTotals: Totals = { components: {}, connections: {} };

/** Names and order of the drop reasons of a component, by its type and its id. */
export type DropReasons = (type: string, id: string) => readonly string[];

/**
 * The counters of one flow, one float64 each, exact up to 2^53: a lane adds, and sends the values as they are to whoever
 * has counters of the same plan and the same reasons.
 */
export class Counters {
  private values = new Float64Array();
  private version = 0;
  private starts: readonly number[] = [];
  private reasons: readonly (readonly string[])[] = [];
  private connectionStart = 0;
  /** Where the classes of latency of each output stand. */
  private latencyStarts: ReadonlyMap<number, number> = new Map();

  constructor(
    private readonly plan: Plan,
    dropReasons: DropReasons,
  ) {
    this.arrange(plan.components.map(({ type, id }) => dropReasons(type, id)));
  }

  /** Grows with every change: who has seen this number has seen the values as they are. */
  get changes(): number {
    return this.version;
  }

  /** The drop reasons of each component, in the order of their values. */
  get layout(): readonly (readonly string[])[] {
    return this.reasons;
  }

  /** Takes another layout, such as that of a lane which knows a newer form of a component type. */
  rearrange(layout: readonly (readonly string[])[]): void {
    const before = this.totals();
    this.arrange(layout);
    this.continueFrom(before);
  }

  private arrange(layout: readonly (readonly string[])[]): void {
    this.version += 1;
    this.reasons = layout;
    let next = 0;
    this.starts = layout.map((reasons) => {
      const start = next;
      next += perComponent.length + reasons.length;
      return start;
    });
    this.connectionStart = next;
    const outputs = this.plan.components.filter(({ category }) => category === 'output');
    const latencyStart = next + this.plan.connections.length * perConnection.length;
    this.latencyStarts = new Map(outputs.map(({ index }, at) => [index, latencyStart + at * latencyClasses]));
    this.values = new Float64Array(latencyStart + outputs.length * latencyClasses);
  }

  addIn(component: number, count: number): void {
    this.add(this.starts[component]!, count);
  }

  addOut(component: number, count: number): void {
    this.add(this.starts[component]! + 1, count);
  }

  addError(component: number, count: number): void {
    this.add(this.starts[component]! + 2, count);
  }

  /** Throws a RangeError on a reason that the component type does not declare: a drop without a name would not be seen. */
  addDropped(component: number, reason: string, count: number): void {
    const index = this.reasons[component]!.indexOf(reason);
    if (index < 0) throw new RangeError(`"${reason}" is no drop reason of "${this.plan.components[component]!.type}"`);
    this.add(this.starts[component]! + perComponent.length + index, count);
  }

  addMoved(connection: number, count: number): void {
    this.add(this.placeOf(connection), count);
  }

  /** Messages that the buffer of a connection gave up. */
  addLost(connection: number, count: number): void {
    this.add(this.placeOf(connection) + 1, count);
  }

  setWaiting(connection: number, messages: number, bytes: number, oldestAt: number): void {
    const place = this.placeOf(connection);
    this.set(place + 2, messages);
    this.set(place + 3, bytes);
    this.set(place + 4, oldestAt);
  }

  /** An output has handed these out: how long each was on its way since it came in; `now` is the time on the wall. */
  addHandedOut(output: number, batch: Batch, now: number): void {
    const start = this.latencyStarts.get(output);
    if (start === undefined) return;
    let first = 0;
    for (let at = 1; at <= batch.length; at += 1) {
      const { time } = batch[first]!;
      // what came in together is looked up once
      if (at < batch.length && batch[at]!.time === time) continue;
      this.values[start + latencyClass(now - time)]! += at - first;
      first = at;
    }
    this.version += 1;
  }

  /** Messages that an output has handed out since this run began, by class of latency; undefined where it is no output. */
  latencyOf(output: number): Float64Array | undefined {
    const start = this.latencyStarts.get(output);
    return start === undefined ? undefined : this.values.slice(start, start + latencyClasses);
  }

  private add(place: number, count: number): void {
    this.values[place]! += count;
    this.version += 1;
  }

  private set(place: number, value: number): void {
    if (this.values[place] === value) return;
    this.values[place] = value;
    this.version += 1;
  }

  inOf(component: number): number {
    return this.values[this.starts[component]!]!;
  }

  outOf(component: number): number {
    return this.values[this.starts[component]! + 1]!;
  }

  errorsOf(component: number): number {
    return this.values[this.starts[component]! + 2]!;
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

  /** How many messages wait in the buffer of a connection. */
  waitingOf(connection: number): number {
    return this.values[this.placeOf(connection) + 2]!;
  }

  connection(index: number): ConnectionTotals {
    const [moved, dropped, waiting, waitingBytes, oldestAt] = this.values.slice(
      this.placeOf(index),
      this.placeOf(index) + perConnection.length,
    ) as unknown as [number, number, number, number, number];
    return { moved, dropped, waiting, waitingBytes, oldestAt };
  }

  /** All values at this moment, without their names. */
  snapshot(): Float64Array {
    return this.values.slice();
  }

  /** Takes the values of counters with the same layout; others are left aside. */
  take(values: Float64Array): void {
    if (values.length !== this.values.length) return;
    this.values.set(values);
    this.version += 1;
  }

  /** The same numbers at this moment, no longer changing. */
  copy(): Counters {
    const copy = new Counters(this.plan, () => []);
    copy.arrange(this.reasons);
    copy.values.set(this.values);
    copy.version = this.version;
    return copy;
  }

  totals(): Totals {
    const { components, connections } = this.plan;
    return {
      components: Object.fromEntries(components.map(({ id, index }) => [id, this.component(index)])),
      connections: Object.fromEntries(connections.map(({ title, index }) => [title, this.connection(index)])),
    };
  }

  /** Goes on from the totals of an earlier run of the same flow, for the components and connections that both have. */
  continueFrom(earlier: Totals): void {
    for (const { id, index } of this.plan.components) {
      const totals = earlier.components[id];
      if (!totals) continue;
      this.addIn(index, totals.in);
      this.addOut(index, totals.out);
      this.addError(index, totals.errors);
      for (const [reason, count] of Object.entries(totals.dropped))
        if (this.reasons[index]!.includes(reason)) this.addDropped(index, reason, count);
    }
    for (const { title, index } of this.plan.connections) {
      const totals = earlier.connections[title];
      if (!totals) continue;
      const { moved, dropped, waiting, waitingBytes, oldestAt } = totals;
      this.addMoved(index, moved);
      this.addLost(index, dropped);
      this.setWaiting(index, waiting, waitingBytes, oldestAt);
    }
  }

  private placeOf(connection: number): number {
    return this.connectionStart + connection * perConnection.length;
  }
}

/** Reasons of a component type, and those under which something was given up before and that its type no longer names. */
export const reasonsWith =
  (dropReasons: DropReasons, { components }: Totals): DropReasons =>
  (type, id) => [...new Set([...dropReasons(type, id), ...Object.keys(components[id]?.dropped ?? {})])];
