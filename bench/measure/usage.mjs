import { readdirSync, readFileSync } from 'node:fs';

/** Length of the clock tick in which Linux counts CPU time, in microseconds. */
const tickUs = 10_000;

const statOf = (id) => {
  const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** CPU time that a process and its lanes have spent so far, all threads together, in microseconds. */
export const cpuUs = (id) => [id, ...lanesOf(id)].reduce((sum, each) => sum + cpuUsOf(each), 0);

const cpuUsOf = (id) => {
  const fields = statOf(id);
  return (Number(fields[11]) + Number(fields[12])) * tickUs;
};

/** Memory that a process holds at present, in bytes; of its lanes, what they do not share with it. */
export const memoryOf = (id) => {
  const resident = kilobytes(/^VmRSS:\s+(\d+) kB/m, readFileSync(`/proc/${id}/status`, 'latin1'));
  const own = lanesOf(id).map((lane) => {
    const rollup = readFileSync(`/proc/${lane}/smaps_rollup`, 'latin1');
    return kilobytes(/^Private_Clean:\s+(\d+) kB/m, rollup) + kilobytes(/^Private_Dirty:\s+(\d+) kB/m, rollup);
  });
  return (resident + own.reduce((sum, each) => sum + each, 0)) * 1024;
};

const kilobytes = (pattern, text) => Number(pattern.exec(text)?.[1] ?? 0);

/** The lanes of a server are children of its own. */
const lanesOf = (id) => {
  const children = readFileSync(`/proc/${id}/task/${id}/children`, 'latin1').trim().split(' ').filter(Boolean);
  return children
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('lane-process'));
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
