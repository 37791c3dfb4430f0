import { readFileSync } from 'node:fs';

/** Whether a process of this id lives and has `mark` in its command line: ids are used again for other programs. */
export const isRunning = (id: number, mark: string): boolean => {
  try {
    process.kill(id, 0);
    return commandLine(id)?.includes(mark) ?? true;
  } catch {
    return false;
  }
};

/** When a process began, in clock ticks since the machine did: `starttime` of proc(5). Undefined where there is no `/proc`. */
export const startOf = (id: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Undefined where the system has no `/proc`. */
const commandLine = (id: number): string | undefined => {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return undefined;
  }
};

/** Ends a process: politely, and after `withinMs` for certain. Resolves when it is gone. */
export const endProcess = async (id: number, mark: string, withinMs: number): Promise<void> => {
  signal(id, 'SIGTERM');
  const deadline = performance.now() + withinMs;
  while (isRunning(id, mark)) {
    if (performance.now() > deadline) signal(id, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const signal = (id: number, name: NodeJS.Signals): void => {
  try {
    process.kill(id, name);
  } catch {
    // it is gone already
  }
};
