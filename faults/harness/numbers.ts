import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from './product.ts';

export interface Numbers {
  /** How many were acknowledged; they are the numbers from 0 on. */
  readonly acknowledged: number;
  /** Resolves when all are, or when it was told to stop. */
  readonly done: Promise<void>;
  stop(): void;
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
  const work = async (): Promise<void> => {
    const startedAt = performance.now();
    while (acknowledged < to && !isStopped) {
      const aheadMs = (acknowledged / perSecond) * 1000 - (performance.now() - startedAt);
      if (aheadMs > 0) await sleep(aheadMs);
      const count = Math.min(batch, to - acknowledged);
      const payloads = Array.from({ length: count }, (_, index) => ({ n: acknowledged + index, ...more }));
      try {
        await product.inject(flow, 'source', payloads);
        acknowledged += count;
      } catch {
        await sleep(50);
      }
    }
  };
  const done = work();
  return {
    get acknowledged() {
      return acknowledged;
    },
    done,
    stop: () => (isStopped = true),
  };
};

/** The numbers from 0 on. */
export function* numbersBelow(end: number): Iterable<number> {
  for (let number = 0; number < end; number += 1) yield number;
}
