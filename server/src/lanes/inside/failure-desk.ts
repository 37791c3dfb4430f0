import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { backOff } from '../../engine/back-off.ts';
import { sentenceOf } from '../../engine/fault.ts';
import type { Message } from '../../engine/message.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Failure } from '../../engine/world.ts';
import { blocksOf, type KeptLetter, type LetterBlock } from '../../nats/dead-letters/kept-letter.ts';

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
  readonly random: () => number;
  readonly tell: (component: number, sentence: string) => void;
  /** The letter of a message that is counted as invalid is given up: there are too many on their way to the disk. */
  readonly unkept: (component: number) => void;
  /** Why the letters of a component cannot be kept at present, or undefined when they can again. */
  readonly stuck: (component: number, sentence: string | undefined) => void;
}): FailureDesk => {
  const { plan, add, wait, now, random, tell, unkept, stuck } = options;
  let onTheirWay = 0;
  let charactersOnTheirWay = 0;

  const untilKept = async (block: LetterBlock): Promise<void> => {
    const component = plan.components.findIndex(({ id }) => id === block[0].component);
    for (let tries = 1; ; tries += 1) {
      try {
        await add(block);
        if (tries > 1) stuck(component, undefined);
        return;
      } catch (thrown) {
        stuck(component, `its dead letters cannot be kept: ${sentenceOf(thrown)}`);
        await wait(backOff(tries, random(), longestWaitMs));
      }
    }
  };
  const keep = together(async (letters) => {
    for (const block of blocksOf(letters)) await untilKept(block);
  });

  const take = (failure: Failure, isKept: boolean): void | Promise<void> => {
    const { component, sentence } = failure;
    const isFull = onTheirWay >= mostOnTheirWay || charactersOnTheirWay >= mostCharactersOnTheirWay;
    if (!isKept && isFull) {
      unkept(component);
      return tell(component, `${sentence}; too many at once to keep this one`);
    }
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
  ...contentOf(message, raw),
});

/** What cannot be written as JSON is described, as well as that goes: its letter must not fail, too. */
const contentOf = (message: Message | undefined, raw: unknown): Pick<KeptLetter, 'kind' | 'payload'> => {
  const bytes = message ? message.bytes : raw;
  if (bytes instanceof Uint8Array) return { kind: 'base64', payload: Buffer.from(bytes).toString('base64') };
  try {
    return { kind: 'json', payload: message ? message.json : JSON.stringify(raw ?? null) };
  } catch {
    return { kind: 'cut', payload: inspect(message ? message.payload : raw, { depth: 5, maxStringLength: 10_000 }) };
  }
};
