import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 50;
const longestMs = 60_000;

/** Waits until `holds` resolves with something true, and resolves with it; rejects with what was waited for. */
export const until = async <Value>(
  what: string,
  holds: () => Value | Promise<Value>,
): Promise<Exclude<Value, undefined | null | false>> => {
  const deadline = performance.now() + longestMs;
  for (;;) {
    const value = await holds();
    if (value !== undefined && value !== null && value !== false)
      return value as Exclude<Value, undefined | null | false>;
    if (performance.now() > deadline) throw new Error(`this did not come true within ${longestMs / 1000} s: ${what}`);
    await sleep(everyMs);
  }
};
