import type { Io } from './component.ts';
import { limits, messageOverhead } from './limits.ts';
import type { Batch, Message } from './message.ts';
import { afterRest } from './rest.ts';
import { SafeCount } from './safe-count.ts';
import { takingTurns, turnWatch } from './turns.ts';

/** Messages on their way from an event (a datagram, a frame) into the flow. */
export interface Collection {
  /**
   * Takes one message; where the bound is reached it is given up, and counted. Returns whether it was taken. `whenSafe` is called
   * as soon as this message is safe, and all before it; never where it was given up, or the flow ended before.
   */
  push(message: Message, whenSafe?: () => void): boolean;
  /** Whether a source that can wait should: enough is here, or it has kept the event loop busy for long. */
  readonly isFull: boolean;
  /** Resolves when it is no longer full; for sources that can wait. */
  room(): Promise<void>;
  /** Resolves when all that was taken has been handed on, or given up and counted because the flow ended. */
  drained(): Promise<void>;
  /** Calls back as soon as all that was taken up to now is safe: at once where it is already, and never where the flow ended before. */
  readonly whenSafe: (done: () => void) => void;
}

/** From so many messages per millisecond on a batch is worth waiting for. */
const busyPerMs = 4;
/** From so many messages on it is large enough. */
const largeBatch = 16;
/** What may wait, in bytes, where nothing else is said. */
const usualBytes = 16 * 1024 ** 2;
/** From so many bytes on a source that can wait should wait. */
const enoughBytes = 1024 ** 2;
/** Beyond so many bytes messages wait as text: parsed, short values take many times as much. */
const parsedBytes = 2 * 1024 ** 2;

interface Growing {
  readonly messages: Message[];
  bytes: number;
}

/**
 * Makes batches of what arrives in one turn of the event loop, or in a fraction of a millisecond where much arrives: a
 * quiet flow has the latency of one message, a busy one the cost of many at once, system calls of outputs above all. While
 * a batch is on its way the next ones grow, up to `limit` messages and `limitBytes` bytes in all. When the flow does not
 * take a batch, it has ended: what waits is counted as `stopped`, and so is what comes later.
 */
export const collect = (options: {
  readonly emit: (batch: Batch) => Promise<void>;
  readonly io: Pick<Io, 'drop' | 'fail'>;
  /** The bound in messages; what comes beyond it is dropped, and counted as `overflow`. */
  readonly limit: number;
  /** The bound in bytes. */
  readonly limitBytes?: number;
  /** From so many messages on a source that can wait should wait; the bound where it is left out. */
  readonly enough?: number;
}): Collection => {
  const { emit, io, limit, limitBytes = usualBytes, enough = limit } = options;
  let batches: Growing[] = [];
  let waiting = 0;
  let waitingBytes = 0;
  let isBusy = false;
  let isFast = false;
  let hasEnded = false;
  let flushedAt = performance.now();
  let waiters: (() => void)[] = [];
  const safe = new SafeCount();

  const wake = () => {
    const woken = waiters;
    waiters = [];
    for (const resume of woken) resume();
  };
  const isLongTurn = turnWatch(wake);
  const isEnough = (): boolean => waiting >= enough || waitingBytes >= enoughBytes;
  const isFull = (): boolean => isEnough() || isLongTurn();

  const takeFirst = (): Batch => {
    const { messages, bytes } = batches.shift()!;
    waiting -= messages.length;
    waitingBytes -= bytes;
    return messages;
  };

  const end = (thrown: unknown): void => {
    hasEnded = true;
    if (waiting > 0) io.drop('stopped', waiting);
    batches = [];
    waiting = waitingBytes = 0;
    io.fail(thrown as Error);
  };

  const flush = async () => {
    let pause: ReturnType<typeof takingTurns> | undefined;
    try {
      while (batches.length > 0) {
        const batch = takeFirst();
        const now = performance.now();
        isFast = batch.length < largeBatch && batch.length > busyPerMs * (now - flushedAt);
        flushedAt = now;
        wake();
        await emit(batch);
        safe.made(batch.length);
        // work without a wait holds the event loop for as long as more is here
        if (batches.length > 0) await (pause ??= takingTurns())();
      }
    } catch (thrown) {
      end(thrown);
    } finally {
      isBusy = false;
      wake();
    }
  };

  const begin = () => void flush();
  const wantsRest = () => waiting < largeBatch;

  const keep = (message: Message, bytes: number): void => {
    const kept = waitingBytes > parsedBytes ? message.asText() : message;
    const last = batches.at(-1);
    if (last && last.bytes + bytes <= limits.batch) {
      last.messages.push(kept);
      last.bytes += bytes;
    } else batches.push({ messages: [kept], bytes });
    waiting += 1;
    waitingBytes += bytes;
  };

  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resume) => waiters.push(resume));
  };

  return {
    push(message, whenSafe) {
      if (hasEnded) {
        io.drop('stopped');
        return false;
      }
      const bytes = message.size + messageOverhead;
      const isTooMuch = waiting >= limit || (waiting > 0 && waitingBytes + bytes > limitBytes);
      if (isTooMuch) {
        io.drop('overflow');
        return false;
      }
      safe.take();
      if (whenSafe) safe.then(whenSafe);
      keep(message, bytes);
      if (isBusy) return true;
      isBusy = true;
      if (isFast) afterRest({ wants: wantsRest, then: begin });
      else setImmediate(begin);
      return true;
    },
    get isFull() {
      return isFull();
    },
    room: () => until(() => !isFull()),
    drained: () => until(() => !isBusy),
    whenSafe: (done) => safe.then(done),
  };
};
