import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProbeAnswer } from '@semstreams/contract';

/** What a test is told. */
export interface ProbeOrder {
  readonly type: string;
  /** Where the type comes from, unless it comes with the product. */
  readonly ownFile: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secretsDir: string;
  readonly patienceMs: number;
}

/** How long a far side may take, and what the process may take beyond that, in milliseconds. */
const patienceMs = 10_000;
const overheadMs = 5000;
/** How much heap a test may take, in megabytes. */
const mostMemoryMb = 256;
/** So many run at once. */
const mostAtOnce = 3;

let running = 0;

/** Whether one more test may run now. */
export const mayProbe = (): boolean => running < mostAtOnce;

/** Tests a connection in a process of its own. Never rejects: what is wrong is the answer. */
export const probe = async (order: Omit<ProbeOrder, 'patienceMs'>): Promise<ProbeAnswer> => {
  running += 1;
  const trial = fork(fileURLToPath(new URL('./probe-process.js', import.meta.url)), [], {
    execArgv: [`--max-old-space-size=${mostMemoryMb}`],
  });
  let patience: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ProbeAnswer>((resolve) => {
      const failed = (sentence: string): void => resolve({ works: false, sentence });
      trial.once('message', (answer: ProbeAnswer) => resolve(answer));
      trial.once('error', ({ message }) => failed(message));
      trial.once('close', () => failed('the test ended without an answer'));
      patience = setTimeout(() => failed('the test does not end'), patienceMs + overheadMs);
      trial.send({ ...order, patienceMs });
    });
  } finally {
    clearTimeout(patience);
    trial.kill('SIGKILL');
    running -= 1;
  }
};
