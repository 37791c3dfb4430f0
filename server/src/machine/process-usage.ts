import { readdirSync, readFileSync } from 'node:fs';

/** Length of the clock tick in which Linux counts CPU time, in milliseconds (`USER_HZ` is 100 on every platform we run on). */
const tickMs = 10;

/**
 * CPU time that the main thread of a process has spent, in milliseconds: `utime` and `stime` of proc(5). Undefined where
 * there is no `/proc`, or no such process any more.
 */
export const cpuMsOf = (id: number): number | undefined => cpuMsIn(`/proc/${id}/task/${id}/stat`);

const cpuMsIn = (path: string): number | undefined => {
  const stat = read(path);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

/** CPU time that all threads of a process have spent, in milliseconds. Undefined as above. */
export const wholeCpuMsOf = (id: number): number | undefined => cpuMsIn(`/proc/${id}/stat`);

/**
 * Whether all threads of a process sleep until something happens outside of it: state `S` of proc(5). One that waits for the
 * processor, or for a disk, does not.
 */
export const isAsleep = (id: number): boolean => {
  try {
    return readdirSync(`/proc/${id}/task`).every((thread) => {
      const stat = read(`/proc/${id}/task/${thread}/stat`) ?? '';
      return stat.charAt(stat.lastIndexOf(')') + 2) === 'S';
    });
  } catch {
    return false;
  }
};

/** Memory that a process holds, in bytes: `VmRSS` of proc(5). Undefined as above. */
export const memoryOf = (id: number): number | undefined => {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${id}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};
