import { readFileSync } from 'node:fs';
import { sleep } from './statistics.mjs';

/** So many seconds on end, so much of the machine has to be idle. */
const [calmSeconds, idleShare] = [3, 0.9];
/** Of all waiting in a run: a machine that is never idle must not make it endless. */
let secondsLeft = 240;

/** Waits until nobody else works, as long as the run may wait: then the figures are worth less, and the load beside them says so. */
export const untilIdle = async () => {
  for (let calm = 0; calm < calmSeconds && secondsLeft > 0; secondsLeft -= 1)
    calm = (await idleOfNextSecond()) >= idleShare ? calm + 1 : 0;
};

const idleOfNextSecond = async () => {
  const before = times();
  await sleep(1);
  const after = times();
  return (after.idle - before.idle) / (after.all - before.all);
};

/** The first line of `/proc/stat`: idle is the fourth figure, waiting for a disk the fifth. */
const times = () => {
  const figures = readFileSync('/proc/stat', 'latin1').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return { idle: figures[3] + figures[4], all: figures.reduce((sum, figure) => sum + figure, 0) };
};
