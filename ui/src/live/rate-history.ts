import type { Line } from './line.ts';

/** One sample a second, for so many seconds. */
const sampleMs = 1000;
export const historyLength = 120;

/** Messages per second that came in, oldest first; `undefined` where the line was cut and nobody knows. */
export type Rates = readonly (number | undefined)[];

const nothing: Rates = [];

/** How fast each flow was in the last two minutes, as far as this page saw it. Nothing is kept beyond the page. */
export class RateHistory {
  private readonly byFlow = new Map<string, Rates>();
  private readonly listeners = new Set<() => void>();
  private sampling: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly line: Pick<Line, 'read'>) {}

  open(): void {
    this.sampling = setInterval(() => this.sample(), sampleMs);
  }

  close(): void {
    clearInterval(this.sampling);
  }

  /** The same array until the next sample. */
  of(flow: string): Rates {
    return this.byFlow.get(flow) ?? nothing;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  private sample(): void {
    const { line, overview } = this.line.read();
    if (!overview) return;
    for (const flow of this.byFlow.keys()) if (!overview.has(flow)) this.byFlow.delete(flow);
    for (const [flow, { in_per_second }] of overview)
      this.byFlow.set(flow, [...this.of(flow).slice(1 - historyLength), line === 'live' ? in_per_second : undefined]);
    for (const listener of this.listeners) listener();
  }
}
