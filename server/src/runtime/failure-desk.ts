import { setImmediate as turn } from 'node:timers/promises';
import type { Plan } from '../engine/plan.ts';
import type { Failure } from '../engine/world.ts';
import { blocksOf, type KeptLetter, type LetterBlock } from '../nats/kept-letter.ts';

/** How many dead letters, and characters of payload, may be on their way to the disk where nobody waits for them. */
const mostOnTheirWay = 1000;
const mostCharactersOnTheirWay = 16 * 1024 ** 2;
const longestWaitMs = 2000;

/** Where messages that can never work are handed in. */
export interface FailureDesk {
  /** A promise where the caller waits until the letter is kept. */
  take(failure: Failure, isKept: boolean): void | Promise<void>;
  /** Resolves when all that was taken so far is kept. */
  kept(): Promise<void>;
}

/**
 * Makes dead letters of what can never work, and stores those together that fail together: what fails while some are
 * being stored goes with the next. It is tried until it works. Where the message is still on disk upstream, the caller waits
 * for that; elsewhere a flow does not wait, and what comes too fast is told and not kept.
 */
export const failureDesk = (options: {
  readonly plan: Plan;
  readonly add: (block: LetterBlock) => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  readonly tell: (component: number, sentence: string) => void;
}): FailureDesk => {
  const { plan, add, wait, now, tell } = options;
  let onTheirWay = 0;
  let charactersOnTheirWay = 0;

  const untilKept = async (block: LetterBlock): Promise<void> => {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      try {
        return await add(block);
      } catch {
        await wait(waitMs);
      }
    }
  };
  const keep = together(async (letters) => {
    for (const block of blocksOf(letters)) await untilKept(block);
  });

  const take = (failure: Failure, isKept: boolean): void | Promise<void> => {
    const { component, sentence } = failure;
    const isFull = onTheirWay >= mostOnTheirWay || charactersOnTheirWay >= mostCharactersOnTheirWay;
    if (!isKept && isFull) return tell(component, `${sentence}; too many at once to keep this one`);
    tell(component, sentence);
    const letter = letterOf(failure, plan.components[component]!.id, new Date(now()));
    const kept = keep.letter(letter);
    if (isKept) return kept;
    onTheirWay += 1;
    charactersOnTheirWay += letter.payload.length;
    void kept.then(() => {
      onTheirWay -= 1;
      charactersOnTheirWay -= letter.payload.length;
    });
    return undefined;
  };

  return { take, kept: () => keep.all() };
};

/** One promise for all letters that go together: those of this turn, or those that come while earlier ones are being stored. */
const together = (store: (letters: readonly KeptLetter[]) => Promise<void>) => {
  let letters: KeptLetter[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  const begin = async (earlier: Promise<void>): Promise<void> => {
    await Promise.all([earlier, turn()]);
    const taken = letters;
    [letters, next] = [[], undefined];
    await store(taken);
  };
  return {
    letter(letter: KeptLetter): Promise<void> {
      letters.push(letter);
      return (next ??= last = begin(last));
    },
    /** Those that wait were given to the last promise. */
    all: (): Promise<void> => last,
  };
};

const letterOf = ({ port, sentence, message, raw }: Failure, component: string, at: Date): KeptLetter => ({
  component,
  ...(port === undefined ? {} : { port }),
  reason: sentence,
  failed_at: at.toISOString(),
  ...(message ? { message_id: message.id, message_time: new Date(message.time).toISOString() } : {}),
  ...contentOf(message ? (message.bytes ?? { json: message.json }) : raw),
});

const contentOf = (content: unknown): Pick<KeptLetter, 'kind' | 'payload'> => {
  if (content instanceof Uint8Array) return { kind: 'base64', payload: Buffer.from(content).toString('base64') };
  if (typeof content === 'object' && content !== null && 'json' in content)
    return { kind: 'json', payload: String(content.json) };
  return { kind: 'json', payload: JSON.stringify(content ?? null) };
};
