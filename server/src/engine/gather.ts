import type { BatchLimits } from './component.ts';
import type { Deliver } from './deliver.ts';
import { messageOverhead } from './limits.ts';
import type { Batch, Message } from './message.ts';

interface Caller {
  readonly batch: Batch;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Batches of a wished size before an output. */
export interface Gathering {
  readonly deliver: Deliver;
  /** Hands on what has been gathered, since no more can come before that. */
  letGo(): void;
}

/**
 * Gathers what comes into batches of a wished size. Whoever hands something on waits until the batch is done that it went into,
 * so what is gathered is bounded by those who wait. When the signal is aborted nothing waits for more.
 */
export const gather = (
  limits: BatchLimits,
  given: {
    readonly deliver: Deliver;
    readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Gathering => {
  const { deliver, wait, signal } = given;
  let callers: Caller[] = [];
  let [messages, bytes] = [0, 0];

  const letGo = (): void => {
    if (callers.length === 0) return;
    const taken = callers;
    callers = [];
    [messages, bytes] = [0, 0];
    const all = taken.length === 1 ? taken[0]!.batch : taken.flatMap(({ batch }) => batch);
    Promise.all(cut(all, limits).map((part) => deliver(part))).then(
      () => taken.forEach(({ resolve }) => resolve()),
      (thrown: unknown) => taken.forEach(({ reject }) => reject(thrown)),
    );
  };
  signal.addEventListener('abort', letGo, { once: true });

  /** Unless they went earlier, those who wait now go when their time is over. */
  const letGoLater = (): void => {
    const [first] = callers;
    wait(limits.waitMs, signal).then(
      () => callers[0] === first && letGo(),
      () => undefined,
    );
  };

  return {
    letGo,
    deliver: async (batch) =>
      new Promise((resolve, reject) => {
        callers.push({ batch, resolve, reject });
        messages += batch.length;
        for (const message of batch) bytes += sizeOf(message);
        if (signal.aborted || messages >= limits.messages || bytes >= limits.bytes) letGo();
        else if (callers.length === 1) letGoLater();
      }),
  };
};

/** A batch in parts of the wished size. */
const cut = (batch: Batch, limits: BatchLimits): Batch[] => {
  const parts: Batch[] = [];
  let [start, bytes] = [0, 0];
  for (let at = 0; at < batch.length; at += 1) {
    const size = sizeOf(batch[at]!);
    if (at > start && (at - start >= limits.messages || bytes + size > limits.bytes)) {
      parts.push(batch.slice(start, at));
      [start, bytes] = [at, 0];
    }
    bytes += size;
  }
  return [...parts, batch.slice(start)];
};

const sizeOf = ({ size }: Message): number => size + messageOverhead;
