/** Resolves when the signal is aborted. */
export const isAborted = async (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Whether this was thrown because a signal was aborted: the flow stops, and what waits has to end. */
export const isAbort = (thrown: unknown): thrown is Error => thrown instanceof Error && thrown.name === 'AbortError';
