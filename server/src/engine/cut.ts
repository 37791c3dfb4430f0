import type { Answers } from './answers.ts';

/** Ends the engine's waits for components that do not come back, once and for all. */
export interface Cut {
  /** The same end, or an AbortError as soon as `now` is called. `answers` learns of the wait. */
  wait<Result>(end: Promise<Result>, answers?: Answers): Promise<Result>;
  now(): void;
}

export const makeCut = (): Cut => {
  const waiting = new Set<(reason: unknown) => void>();
  let reason: Error | undefined;
  return {
    wait(end, answers) {
      if (reason !== undefined) {
        end.catch(() => undefined);
        return Promise.reject(reason);
      }
      answers?.await();
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        end.then(
          (result) => {
            answers?.came();
            waiting.delete(reject);
            resolve(result);
          },
          (thrown: unknown) => {
            answers?.came();
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
