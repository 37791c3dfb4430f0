import type { HistoryFigure } from '@semstreams/contract';
import { latencyBelow } from '../engine/latency.ts';
import { memoryOf } from '../machine/process-usage.ts';
import type { SeenRun } from '../supervision/seen-run.ts';
import { CpuMeter } from './cpu-meter.ts';
import { seriesName } from './figures.ts';

/** The time since the notes before, in seconds, and the time on the wall in milliseconds. */
export interface Moment {
  readonly elapsedS: number;
  readonly wall: number;
}

type Notes = Map<string, number>;
type Run = SeenRun['run'];

const totalled = ['in', 'out', 'rejected', 'failed', 'dropped', 'waiting', 'waiting_bytes'] as const;
const latencies = { latency_p50: 0.5, latency_p95: 0.95, latency_p99: 0.99 } as const;

/** Takes notes of one flow: what its counters grew by since the notes before, and what is there now. */
export class FlowNotes {
  /** The last totals, by series. */
  private readonly totals = new Map<string, number>();
  /** What each output had handed out, by class of latency. */
  private readonly classes = new Map<string, Float64Array>();
  private readonly cpu = new CpuMeter();

  /** Values by series. */
  take({ run, deadLetters, process }: SeenRun, moment: Moment): Notes {
    const notes: Notes = new Map(totalled.map((figure) => [seriesName(figure), 0]));
    this.noteMessages(notes, run, moment);
    this.noteLatency(notes, run);
    noteWaiting(notes, run, moment);
    notes.set(seriesName('dead_letters'), deadLetters);
    notes.set(seriesName('running'), run.observed === 'running' || run.observed === 'degraded' ? 100 : 0);
    const processes = process === undefined ? [] : [process];
    const cpu = this.cpu.percentOf(processes, moment.elapsedS);
    if (cpu !== undefined) notes.set(seriesName('cpu'), cpu);
    const memory = process === undefined ? undefined : memoryOf(process);
    if (memory !== undefined) notes.set(seriesName('memory'), memory);
    return notes;
  }

  private noteMessages(notes: Notes, { plan, counters }: Run, { elapsedS }: Moment): void {
    for (const { id, index, category, outgoing } of plan.components) {
      const note = (figure: HistoryFigure, total: number, isOfFlow: boolean): void => {
        const name = seriesName(figure, id);
        const rate = this.growth(name, total) / elapsedS;
        notes.set(name, rate);
        if (isOfFlow) add(notes, seriesName(figure), rate);
      };
      note('in', counters.inOf(index), category === 'input');
      note('out', counters.outOf(index), category === 'output');
      note('failed', counters.errorsOf(index), true);
      note('dropped', counters.droppedOf(index), true);
      const rejected = outgoing.filter(({ fromPort }) => fromPort === 'rejected');
      // each of several connections of the port has all of them
      if (rejected.length > 0)
        note('rejected', Math.max(...rejected.map((each) => counters.connection(each.index).moved)), true);
    }
  }

  private noteLatency(notes: Notes, { plan, counters }: Run): void {
    const ofFlow: Float64Array[] = [];
    for (const { id, index } of plan.components) {
      const classes = counters.latencyOf(index);
      if (!classes) continue;
      const grown = this.grownClasses(id, classes);
      putLatency(notes, grown, id);
      ofFlow.push(grown);
    }
    const sum = new Float64Array(ofFlow[0]?.length ?? 0);
    for (const classes of ofFlow) classes.forEach((count, index) => (sum[index]! += count));
    putLatency(notes, sum);
  }

  /** What a total grew by; one that is smaller than before has begun anew. */
  private growth(name: string, total: number): number {
    const before = this.totals.get(name) ?? 0;
    this.totals.set(name, total);
    return total < before ? total : total - before;
  }

  private grownClasses(output: string, classes: Float64Array): Float64Array {
    const before = this.classes.get(output);
    this.classes.set(output, classes);
    const isAnew = !before || classes.some((count, index) => count < before[index]!);
    return isAnew ? classes : classes.map((count, index) => count - before[index]!);
  }
}

const add = (notes: Notes, name: string, value: number): void => void notes.set(name, (notes.get(name) ?? 0) + value);
const raise = (notes: Notes, name: string, value: number): void =>
  void notes.set(name, Math.max(notes.get(name) ?? 0, value));

const putLatency = (notes: Notes, classes: Float64Array, output?: string): void => {
  for (const [figure, part] of Object.entries(latencies) as [keyof typeof latencies, number][]) {
    const below = latencyBelow(classes, part);
    if (below !== undefined) notes.set(seriesName(figure, output), below);
  }
};

/** What waits in the buffers before a component, and of all of them together. */
const noteWaiting = (notes: Notes, { plan, counters }: Run, { wall }: Moment): void => {
  for (const { index, to, buffer } of plan.connections) {
    if (!buffer) continue;
    const { waiting, waitingBytes, oldestAt } = counters.connection(index);
    const oldestS = oldestAt > 0 ? Math.max(0, wall - oldestAt) / 1000 : 0;
    for (const component of ['', plan.components[to]!.id]) {
      add(notes, seriesName('waiting', component), waiting);
      add(notes, seriesName('waiting_bytes', component), waitingBytes);
      raise(notes, seriesName('oldest_waiting', component), oldestS);
    }
  }
};
