import { spawn, spawnSync } from 'node:child_process';

/** The product has one core to itself, and all that measures it another one. */
export const productCore = 0;
export const restCore = 1;

const canPin = spawnSync('taskset', ['-V']).status === 0;

/** Starts a process on one core. */
export const spawnOn = (core, command, args, options = {}) =>
  canPin ? spawn('taskset', ['-c', String(core), command, ...args], options) : spawn(command, args, options);

/** Moves a process, with all its threads, to a core. */
export const moveTo = (core, id) => {
  if (canPin) spawnSync('taskset', ['-acp', String(core), String(id)], { stdio: 'ignore' });
};

/** Ends a process by a signal; resolves when it is gone, with force after ten seconds. */
export const endProcess = async (child, signal = 'SIGTERM') => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(force);
};
