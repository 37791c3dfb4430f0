import { spawn, spawnSync } from 'node:child_process';

/** The product has one core to itself, and all that measures it another one. */
export const productCore = 0;
export const restCore = 1;

const canPin = spawnSync('taskset', ['-V']).status === 0;

const running = new Set();

/** Starts a process on one core; it does not outlive this one. */
export const spawnOn = (core, command, args, options = {}) => {
  const child = canPin
    ? spawn('taskset', ['-c', String(core), command, ...args], options)
    : spawn(command, args, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
};

/** Ends all that still runs, for a bench that is interrupted or has failed. */
export const endAll = () => Promise.all([...running].map((child) => endProcess(child)));

/** Moves a process, with all its threads, to a core. */
export const moveTo = (core, id) => {
  if (canPin) spawnSync('taskset', ['-acp', String(core), String(id)], { stdio: 'ignore' });
};

/** Ends a process by a signal; resolves when it is gone, with force after fifteen seconds. */
export const endProcess = async (child, signal = 'SIGTERM') => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(force);
};
