/** Time that stands still until a test lets it pass. */
export interface Clock {
  now(): number;
  monotonic(): number;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Lets time pass, and everything happen that was waited for, in its order. */
  pass(milliseconds: number): Promise<void>;
  /** Sets the clock on the wall, forth or back; nothing that waits notices. */
  jump(milliseconds: number): void;
}

export const stillClock = (start = 1_700_000_000_000): Clock => {
  let [passed, jumped] = [0, 0];
  const waiting = new Set<{ readonly at: number; readonly resolve: () => void }>();
  return {
    now: () => start + jumped + passed,
    monotonic: () => passed,
    wait: async (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const end = (): void => reject(new DOMException('it was stopped', 'AbortError'));
        if (signal.aborted) return end();
        const one = { at: passed + milliseconds, resolve };
        waiting.add(one);
        signal.addEventListener('abort', () => waiting.delete(one) && end(), { once: true });
      }),
    async pass(milliseconds) {
      const until = passed + milliseconds;
      for (;;) {
        await settled();
        const due = [...waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        passed = Math.max(passed, due.at);
        waiting.delete(due);
        due.resolve();
      }
      passed = until;
    },
    jump: (milliseconds) => void (jumped += milliseconds),
  };
};

/** What follows without waiting has happened. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
