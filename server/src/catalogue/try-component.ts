import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whenLate } from '../machine/patience.ts';

/** How long a file may take to load, in milliseconds of CPU time. */
const patienceMs = 5000;
/** How much heap it may take for that, in megabytes. */
const mostMemoryMb = 256;

/**
 * Loads a file with a component type in a process of its own, which it may end in any way; rejects with an Error that says
 * why it cannot be used.
 */
export const tryComponent = async (file: string): Promise<void> => {
  const trial = fork(fileURLToPath(new URL('./component-trial.js', import.meta.url)), [file], {
    execArgv: [`--max-old-space-size=${mostMemoryMb}`],
  });
  let stopLooking = (): void => undefined;
  try {
    const sentence = await new Promise<string | undefined>((resolve) => {
      trial.once('message', (said: { readonly sentence?: string }) => resolve(said.sentence));
      trial.once('error', ({ message }) => resolve(message));
      trial.once('close', (_, signal) => resolve(endOf(signal)));
      stopLooking = whenLate(trial.pid ?? 0, patienceMs, () =>
        resolve(`it has not loaded within ${patienceMs / 1000} s of work`),
      );
    });
    if (sentence !== undefined) throw new Error(sentence);
  } finally {
    stopLooking();
    trial.kill('SIGKILL');
  }
};

const endOf = (signal: string | null): string =>
  signal === null
    ? 'it ends before it has given a component type'
    : `it crashes (${signal}), or needs more than ${mostMemoryMb} MB of memory`;
