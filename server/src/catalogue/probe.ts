import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProbeAnswer } from '@semstreams/contract';
import type { Reach } from '../reach/reach.ts';
import { environmentOfFlows } from '../reach/secret-variables.ts';
import { whenLate } from '../machine/patience.ts';

/** What a test is told. */
export interface ProbeOrder {
  readonly type: string;
  /** Where the type comes from, unless it comes with the product. */
  readonly ownFile: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secretsDir: string;
  readonly reach: Reach;
  readonly patienceMs: number;
}

/** How long a far side may take, and how much CPU time the process, which ends by itself otherwise, in milliseconds. */
const patienceMs = 10_000;
const mostWorkMs = 10_000;
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
    env: environmentOfFlows(process.env, order.reach.secretVariables ?? []),
    execArgv: [`--max-old-space-size=${mostMemoryMb}`],
  });
  let stopLooking = (): void => undefined;
  try {
    return await new Promise<ProbeAnswer>((resolve) => {
      const failed = (sentence: string): void => resolve({ works: false, sentence });
      trial.once('message', (answer: ProbeAnswer) => resolve(answer));
      trial.once('error', ({ message }) => failed(message));
      trial.once('close', () => failed('the test ended without an answer'));
      stopLooking = whenLate(trial.pid ?? 0, mostWorkMs, () => failed('the test does not end'));
      if (trial.connected) trial.send({ ...order, patienceMs });
    });
  } finally {
    stopLooking();
    trial.kill('SIGKILL');
    running -= 1;
  }
};
