/** How long a rest lasts, in milliseconds; the system adds some 60 µs of its own. */
const restMs = 0.15;

interface Resting {
  /** Asked when the rest would begin: false where waiting is not worth it any more. */
  readonly wants: () => boolean;
  readonly then: () => void;
}

const cell = new Int32Array(new SharedArrayBuffer(4));
let resting: Resting[] | undefined;

/**
 * Calls back after a rest of a fraction of a millisecond and one more look at what has arrived meanwhile. The thread is
 * blocked for that time, which timers, in whole milliseconds, cannot do: all that ask in one turn of the event loop
 * share one rest, and nobody rests when one of them does not want to any more.
 */
export const afterRest = (one: Resting): void => {
  if (resting) {
    resting.push(one);
    return;
  }
  const all = [one];
  resting = all;
  setImmediate(() => {
    resting = undefined;
    if (all.every(({ wants }) => wants())) Atomics.wait(cell, 0, 0, restMs);
    setImmediate(() => {
      for (const { then } of all) then();
    });
  });
};
