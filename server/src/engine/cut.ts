/** Ends the engine's waits for components that do not come back, once and for all. */
export interface Cut {
  /** The same end, or an AbortError as soon as `now` is called. */
  wait<Result>(end: Promise<Result>): Promise<Result>;
  now(): void;
}

export const makeCut = (): Cut => {
  const waiting = new Set<(reason: unknown) => void>();
  let reason: Error | undefined;
  return {
    wait(end) {
      if (reason !== undefined) {
        end.catch(() => undefined);
        return Promise.reject(reason);
      }
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        end.then(
          (result) => {
            waiting.delete(reject);
            resolve(result);
          },
          (thrown: unknown) => {
            waiting.delete(reject);
            reject(thrown as Error);
          },
        );
      });
    },
    now() {
      reason ??= new DOMException('the flow has ended', 'AbortError');
      for (const reject of waiting) reject(reason);
      waiting.clear();
    },
  };
};
