import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A little behind the main process and the nats-server: they answer people, whatever the flows here have to do. */
const modesty = 5;
/** Where the memory of the machine runs out such a process goes first: from -1000 to 1000, see proc(5). */
const expendability = 500;

/** Lets this process stand behind those that must not stop. Some systems do not let a process say so: it works all the same. */
export const yieldToOthers = (): void => {
  tryTo(() => setPriority(process.pid, modesty));
  tryTo(() => writeFileSync('/proc/self/oom_score_adj', String(expendability)));
};

const tryTo = (work: () => void): void => {
  try {
    work();
  } catch {
    // see above
  }
};
