import type { FlowOverview } from '@semstreams/contract';
import type { Line } from './line.ts';

/** One sample a second, for so many seconds. */
const sampleMs = 1000;
export const historyLength = 120;

/** A number each second, oldest first; `undefined` where the line was cut and nobody knows. */
export type Samples = readonly (number | undefined)[];

/** How a flow went of late. */
export interface History {
  readonly inPerSecond: Samples;
  readonly outPerSecond: Samples;
}

const nothing: History = { inPerSecond: [], outPerSecond: [] };

/** How fast flows were in the last two minutes, as far as this page saw it. Nothing is kept beyond the page. */
export class RateHistory {
  private readonly byFlow = new Map<string, History>();
  private readonly listeners = new Set<() => void>();
  private sampling: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly line: Pick<Line, 'read'>) {}

  open(): void {
    this.sampling = setInterval(() => this.sample(), sampleMs);
  }

  close(): void {
    clearInterval(this.sampling);
  }

  /** One flow. The same object until the next sample. */
  of(flow: string): History {
    return this.byFlow.get(flow) ?? nothing;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  private sample(): void {
    const { line, overview } = this.line.read();
    if (!overview) return;
    const isKnown = line === 'live';
    for (const flow of this.byFlow.keys()) if (!overview.has(flow)) this.byFlow.delete(flow);
    for (const [flow, numbers] of overview) this.byFlow.set(flow, longer(this.of(flow), isKnown ? numbers : undefined));
    for (const listener of this.listeners) listener();
  }
}

type Numbers = Pick<FlowOverview, 'in_per_second' | 'out_per_second' | 'errors_per_minute'>;

const longer = ({ inPerSecond, outPerSecond }: History, numbers: Numbers | undefined): History => ({
  inPerSecond: [...inPerSecond.slice(1 - historyLength), numbers?.in_per_second],
  outPerSecond: [...outPerSecond.slice(1 - historyLength), numbers?.out_per_second],
});

export const sumOf = (overviews: readonly Numbers[]): Numbers => {
  const sum = (read: (numbers: Numbers) => number) => overviews.reduce((total, numbers) => total + read(numbers), 0);
  return {
    in_per_second: sum((numbers) => numbers.in_per_second),
    out_per_second: sum((numbers) => numbers.out_per_second),
    errors_per_minute: sum((numbers) => numbers.errors_per_minute),
  };
};
