import { Worker } from 'node:worker_threads';

/** How long a file may take to load, in milliseconds. */
const patienceMs = 10_000;
/** How much memory it may take for that, in megabytes. */
const mostMemoryMb = 256;

/** Loads a file with a component type in a thread of its own; rejects with an Error that says why it cannot be used. */
export const tryComponent = async (file: string): Promise<void> => {
  const worker = new Worker(new URL('./component-trial.js', import.meta.url), {
    workerData: { file },
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
  });
  let patience: NodeJS.Timeout | undefined;
  try {
    const sentence = await new Promise<string | undefined>((resolve) => {
      worker.once('message', (said: { readonly sentence?: string }) => resolve(said.sentence));
      worker.once('error', ({ message }) => resolve(message));
      worker.once('exit', () => resolve('it ends before it has given a component type'));
      patience = setTimeout(() => resolve(`it has not loaded within ${patienceMs / 1000} s`), patienceMs);
    });
    if (sentence !== undefined) throw new Error(sentence);
  } finally {
    clearTimeout(patience);
    await worker.terminate();
  }
};
