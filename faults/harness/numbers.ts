import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from './product.ts';
import { until } from './until.ts';

export interface Numbers {
  /** How many were acknowledged; they are the numbers from 0 on. */
  readonly acknowledged: number;
  /** Resolves when all are, or when it was told to stop. */
  readonly done: Promise<void>;
  stop(): void;
  /** Sends nothing until `resume`; resolves when the batch under way is acknowledged. */
  pause(): Promise<void>;
  resume(): void;
}

/** Sends the numbers from `from` to `to` to an input, in order, each batch again until it is acknowledged. */
export const sendNumbers = (options: {
  readonly product: Product;
  readonly flow: string;
  readonly to: number;
  readonly batch?: number;
  readonly perSecond?: number;
  /** More fields beside the number. */
  readonly more?: Readonly<Record<string, unknown>>;
}): Numbers => {
  const { product, flow, to, batch = 500, perSecond = Infinity, more } = options;
  let acknowledged = 0;
  let isStopped = false;
  let isPaused = false;
  let isResting = false;
  /** The last batch was acknowledged, so nothing of it will come again. */
  let isSafe = true;
  const work = async (): Promise<void> => {
    let startedAt = performance.now();
    while (acknowledged < to && !isStopped) {
      if (isPaused && isSafe) {
        isResting = true;
        await sleep(5);
        startedAt += 5;
        continue;
      }
      isResting = false;
      const aheadMs = (acknowledged / perSecond) * 1000 - (performance.now() - startedAt);
      if (aheadMs > 0) await sleep(aheadMs);
      const count = Math.min(batch, to - acknowledged);
      const payloads = Array.from({ length: count }, (_, index) => ({ n: acknowledged + index, ...more }));
      try {
        isSafe = false;
        await product.inject(flow, 'source', payloads);
        acknowledged += count;
        isSafe = true;
      } catch {
        await sleep(50);
      }
    }
    isResting = true;
  };
  const done = work();
  return {
    get acknowledged() {
      return acknowledged;
    },
    done,
    stop: () => (isStopped = true),
    pause: async () => {
      isPaused = true;
      await until('the batch under way is acknowledged', () => isResting);
    },
    resume: () => (isPaused = isResting = false),
  };
};

/** The numbers from 0 on. */
export function* numbersBelow(end: number): Iterable<number> {
  for (let number = 0; number < end; number += 1) yield number;
}
