import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How long a file may take to load, in milliseconds. */
const patienceMs = 10_000;
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
  let patience: NodeJS.Timeout | undefined;
  try {
    const sentence = await new Promise<string | undefined>((resolve) => {
      trial.once('message', (said: { readonly sentence?: string }) => resolve(said.sentence));
      trial.once('error', ({ message }) => resolve(message));
      trial.once('close', (_, signal) => resolve(endOf(signal)));
      patience = setTimeout(() => resolve(`it has not loaded within ${patienceMs / 1000} s`), patienceMs);
    });
    if (sentence !== undefined) throw new Error(sentence);
  } finally {
    clearTimeout(patience);
    trial.kill('SIGKILL');
  }
};

const endOf = (signal: string | null): string =>
  signal === null
    ? 'it ends before it has given a component type'
    : `it crashes (${signal}), or needs more than ${mostMemoryMb} MB of memory`;
