import { type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Sends the signal and resolves with the exit code when the process is gone; null after a kill. */
export const endBy = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  if (!hasEnded(child)) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
  return child.exitCode;
};

/** Kills a process that is not our child, and resolves when it is gone. */
export const killById = async (id: number): Promise<void> => {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    return;
  }
  await until(`process ${id} is gone`, () => !isAlive(id));
};

/** A zombie does not count. */
export const isAlive = (id: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'latin1'));
  } catch {
    return false;
  }
};

/** What the system says of a process: whether it runs, sleeps or is stopped, and what it waits for. */
export const processState = (id: number): string => {
  try {
    const state = /^State:\s+(.*)$/m.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1];
    return `${state}, at ${readFileSync(`/proc/${id}/wchan`, 'latin1')}`;
  } catch {
    return 'gone';
  }
};

/** Memory that a server holds, its lanes included. */
export const memoryOf = (id: number): number => [id, ...lanesOf(id)].reduce((sum, each) => sum + residentOf(each), 0);

const residentOf = (id: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1]) * 1024;

/** Descriptors of a server and of its lanes. */
export const descriptorsOf = (id: number): number =>
  [id, ...lanesOf(id)].reduce((sum, each) => sum + readdirSync(`/proc/${each}/fd`).length, 0);

/** The processes in which a server runs its flows: children of its own. */
export const lanesOf = (id: number): number[] =>
  readFileSync(`/proc/${id}/task/${id}/children`, 'latin1')
    .trim()
    .split(' ')
    .filter((child) => child !== '' && readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('lane-process'))
    .map(Number);
