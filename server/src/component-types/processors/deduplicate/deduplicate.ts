import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';

/**
 * Whether a message is the first of its kind, or the first since `withinMs`. Time is that at which messages came in, so that what
 * is handed over again after a crash is judged as it was.
 */
export const firstOfItsKind =
  (keyOf: (message: Message) => string | undefined, seen: KeptMap<number>, withinMs = Infinity) =>
  (message: Message): boolean => {
    const key = keyOf(message);
    if (key === undefined) return true;
    const before = seen.get(key);
    if (before !== undefined && message.time - before < withinMs) return false;
    seen.set(key, message.time);
    return true;
  };
