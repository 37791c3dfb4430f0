import type { Failure } from '../engine/world.ts';
import type { Plan } from '../engine/plan.ts';
import type { KeptLetter } from '../nats/dead-letters.ts';

/** How many dead letters may be on their way to the disk where nobody waits for them. */
const mostOnTheirWay = 1000;

/**
 * Makes dead letters of what can never work. Where the message is still on disk upstream, the caller waits until its dead
 * letter is, and it is tried until that works; elsewhere a flow does not wait, and what comes too fast is told and not kept.
 */
export const failureDesk = (options: {
  readonly plan: Plan;
  readonly add: (letter: KeptLetter) => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  readonly tell: (component: number, sentence: string) => void;
}): ((failure: Failure, isKept: boolean) => void | Promise<void>) => {
  const { plan, add, wait, now, tell } = options;
  let onTheirWay = 0;

  const untilKept = async (letter: KeptLetter): Promise<void> => {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 2000)) {
      try {
        return await add(letter);
      } catch {
        await wait(waitMs);
      }
    }
  };

  return (failure, isKept) => {
    const letter = letterOf(failure, plan.components[failure.component]!.id, new Date(now()));
    if (isKept) {
      tell(failure.component, failure.sentence);
      return untilKept(letter);
    }
    const isTooMany = onTheirWay >= mostOnTheirWay;
    tell(failure.component, isTooMany ? `${failure.sentence}; too many at once to keep this one` : failure.sentence);
    if (isTooMany) return undefined;
    onTheirWay += 1;
    add(letter)
      .catch(() => tell(failure.component, `${failure.sentence}; it could not be kept`))
      .finally(() => (onTheirWay -= 1));
    return undefined;
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
