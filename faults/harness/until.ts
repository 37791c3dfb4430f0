import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until `holds` gives something; rejects with what was waited for when it never does. */
export const until = async <Value>(
  what: string,
  holds: () => Value | Promise<Value>,
  withinMs = 60_000,
): Promise<NonNullable<Value>> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
};
