import { type Deliver, isSmall, partsOf } from './deliver.ts';
import type { Batch } from './message.ts';
import { takingTurns } from './turns.ts';

/** Where batches come into a flow, from its inputs and from people. */
export interface WayIn {
  /**
   * Hands a batch on, in parts where it is larger than a batch may be, whatever an input makes. `taken` is told how many
   * messages go in, `left` how many do not because the flow has ended: then it rejects.
   */
  handOn(batch: Batch, deliver: Deliver, taken: (count: number) => void, left: (count: number) => void): Promise<void>;
  /** Resolves when no batch is under way. */
  idle(): Promise<void>;
  /** Nothing goes in any more. */
  end(): void;
}

/** `handedOn` is called when a batch was handed over, also where somebody still waits for it. */
export const wayIn = (handedOn: () => void): WayIn => {
  let underWay = 0;
  let hasEnded = false;
  let isIdle: (() => void) | undefined;

  const inParts: WayIn['handOn'] = async (batch, deliver, taken, left) => {
    const pause = takingTurns();
    let rest = batch.length;
    try {
      for (const part of partsOf(batch)) {
        if (hasEnded) throw ended();
        rest -= part.length;
        taken(part.length);
        const wait = deliver(part);
        handedOn();
        await wait;
        await pause();
      }
    } finally {
      if (rest > 0) left(rest);
    }
  };

  return {
    async handOn(batch, deliver, taken, left) {
      if (hasEnded) {
        left(batch.length);
        throw ended();
      }
      underWay += 1;
      try {
        if (!isSmall(batch)) return await inParts(batch, deliver, taken, left);
        taken(batch.length);
        const wait = deliver(batch);
        handedOn();
        if (wait) await wait;
      } finally {
        underWay -= 1;
        if (underWay === 0) isIdle?.();
      }
    },
    idle: async () => {
      if (underWay > 0) await new Promise<void>((resolve) => (isIdle = resolve));
    },
    end: () => {
      hasEnded = true;
    },
  };
};

const ended = (): Error => new DOMException('the flow has ended', 'AbortError');
