import type { Batch, Message } from './message.ts';

/** Messages on their way from an event (a datagram, a frame) into the flow. */
export interface Collection {
  /** Takes one message; where the bound is reached it is given up by `dropped`. */
  push(message: Message): void;
  /** Whether a source that can wait should: `enough` messages are here. */
  readonly isFull: boolean;
  /** Resolves when it is no longer full; for sources that can wait. */
  room(): Promise<void>;
  /** Resolves when all that was taken has been handed on. */
  drained(): Promise<void>;
}

/** From so many messages per millisecond on a batch is worth waiting for. */
const busyPerMs = 4;
/** How long it is waited for, in milliseconds. */
const restMs = 1;

/**
 * Makes batches of what arrives in one turn of the event loop, or in a millisecond where much arrives: a quiet flow has the
 * latency of one message, a busy one the cost of many at once, system calls of outputs above all. While a batch is on its
 * way the next one grows, up to `limit` messages.
 */
export const collect = (options: {
  readonly emit: (batch: Batch) => Promise<void>;
  /** The bound; what comes beyond it is dropped. */
  readonly limit: number;
  /** From so many on a source that can wait should wait; the bound where it is left out. */
  readonly enough?: number;
  readonly dropped: (count: number) => void;
  readonly failed: (fault: Error) => void;
}): Collection => {
  const enough = options.enough ?? options.limit;
  let next: Message[] = [];
  let isBusy = false;
  let isFast = false;
  let resting: NodeJS.Timeout | undefined;
  let flushedAt = performance.now();
  let waiters: (() => void)[] = [];

  const wake = () => {
    const woken = waiters;
    waiters = [];
    for (const resume of woken) resume();
  };

  const flush = async () => {
    try {
      while (next.length > 0) {
        const batch = next;
        next = [];
        const now = performance.now();
        isFast = batch.length > busyPerMs * (now - flushedAt);
        flushedAt = now;
        wake();
        await options.emit(batch);
      }
    } catch (thrown) {
      options.failed(thrown as Error);
    } finally {
      isBusy = false;
      wake();
    }
  };

  const begin = () => {
    resting = undefined;
    void flush();
  };

  const stopResting = (timer: NodeJS.Timeout) => {
    clearTimeout(timer);
    resting = undefined;
    setImmediate(begin);
  };

  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resume) => waiters.push(resume));
  };

  return {
    push(message) {
      if (next.length >= options.limit) return options.dropped(1);
      next.push(message);
      if (resting && next.length >= enough) stopResting(resting);
      if (isBusy) return;
      isBusy = true;
      if (isFast) resting = setTimeout(begin, restMs);
      else setImmediate(begin);
    },
    get isFull() {
      return next.length >= enough;
    },
    room: () => until(() => next.length < enough),
    drained: () => until(() => !isBusy && next.length === 0),
  };
};
