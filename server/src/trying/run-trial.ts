import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FatalFault } from '../engine/fault.ts';
import { laneCommand, laneLimits } from '../lanes/lane-command.ts';
import { whenLate } from '../machine/patience.ts';
import { memoryOf } from '../machine/process-usage.ts';
import { environmentOfFlows } from '../reach/secret-variables.ts';
import type { FromTrial, TrialOrder, TrialOutcome } from './trial-order.ts';

/** How much CPU time the process may take, which answers by itself otherwise, in milliseconds; of starting too. */
const mostWorkMs = 9000;
/** How often its memory is looked at, in milliseconds. */
const lookMs = 250;

/** The first thing that happens ends the wait. */
const outcomeOf = async (
  trial: ReturnType<typeof spawn>,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<TrialOutcome> => {
  let atWork: string | undefined;
  const blamed = (sentence: string): FatalFault =>
    new FatalFault(atWork === undefined ? `the trial ${sentence}` : `"${atWork}" ${sentence} while it was tried`);
  const ends: (() => void)[] = [];
  try {
    return await new Promise<TrialOutcome>((resolve, reject) => {
      trial.on('message', (message: FromTrial) => {
        if (message.kind === 'at') atWork = message.component;
        else if (message.kind === 'done') resolve(message.outcome);
        else reject(new FatalFault(`the trial failed: ${message.sentence}`));
      });
      trial.once('error', ({ message }) => reject(new FatalFault(`the trial cannot be started: ${message}`)));
      trial.once('close', () => reject(blamed('crashed, or needed too much memory,')));
      ends.push(whenLate(trial.pid ?? 0, mostWorkMs, () => reject(blamed('did not end'))));
      const watch = setInterval(() => {
        if ((memoryOf(trial.pid ?? 0) ?? 0) > most) reject(blamed('needed too much memory'));
      }, lookMs);
      ends.push(() => clearInterval(watch));
      signal.addEventListener('abort', () => reject(new FatalFault('nobody waits for the trial any more')), {
        once: true,
      });
    });
  } finally {
    for (const end of ends) end();
  }
};

/**
 * Tries a flow in a process of its own, bounded in memory and time, which is gone afterwards whatever it did. Rejects with a FatalFault
 * that says what ended it; also when `signal` is aborted.
 */
export const runTrial = async (
  order: TrialOrder,
  { memoryBytes, signal }: { readonly memoryBytes: number; readonly signal: AbortSignal },
): Promise<TrialOutcome> => {
  signal.throwIfAborted();
  const entry = fileURLToPath(new URL('./trial-process.js', import.meta.url));
  const { program, given } = laneCommand(entry, 'trial', memoryBytes);
  const trial = spawn(program, given, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    env: { MALLOC_ARENA_MAX: '1', ...environmentOfFlows(process.env, order.reach.secretVariables ?? []) },
  });
  try {
    // one that could not be started says so by an event
    if (trial.connected) trial.send(order, () => undefined);
    return await outcomeOf(trial, { most: laneLimits(memoryBytes).residentBytes, signal });
  } finally {
    trial.kill('SIGKILL');
  }
};
