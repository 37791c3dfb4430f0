import { readFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

/** Preloaded by `--import`: moves the wall clock of this process by the milliseconds in the file that FAULTS_CLOCK names. */
const path = process.env.FAULTS_CLOCK;
const real = Date.now;
const RealDate = Date;
let shift = 0;
const look = () => {
  try {
    shift = Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    shift = 0;
  }
};
look();
setInterval(look, 100).unref();

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(real() + shift);
    else super(...given);
  }
  static now() {
    return real() + shift;
  }
};
export const clockOf = threadId;
