import { readdirSync, readFileSync } from 'node:fs';

/** Length of the clock tick in which Linux counts CPU time, in microseconds. */
const tickUs = 10_000;

const statOf = (id) => {
  const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** CPU time that a process has spent so far, all threads together, in microseconds. */
export const cpuUs = (id) => {
  const fields = statOf(id);
  return (Number(fields[11]) + Number(fields[12])) * tickUs;
};

/** Memory that a process holds at present, in bytes. */
export const memoryOf = (id) => {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'latin1')) ?? [];
  return Number(kilobytes ?? 0) * 1024;
};

/** The children of a process, by the name of their program. */
export const childrenOf = (parent) => {
  const found = new Map();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (Number(statOf(id)[1]) === parent) found.set(readFileSync(`/proc/${id}/comm`, 'latin1').trim(), Number(id));
    } catch {
      // it has ended meanwhile
    }
  }
  return found;
};

export const loadOfMachine = () => readFileSync('/proc/loadavg', 'latin1').split(' ').slice(0, 3).join(' ');
