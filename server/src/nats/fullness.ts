/**
 * What is full, as bits of one Int32 in shared memory: the main thread looks and writes, the threads that fill buffers read.
 */
const disk = 1;
const store = 2;

export const isDiskFull = (flags: Int32Array): boolean => (Atomics.load(flags, 0) & disk) !== 0;
export const isStoreFull = (flags: Int32Array): boolean => (Atomics.load(flags, 0) & store) !== 0;

export const noteDisk = (flags: Int32Array, isFull: boolean): void => note(flags, disk, isFull);
export const noteStore = (flags: Int32Array, isFull: boolean): void => note(flags, store, isFull);

const note = (flags: Int32Array, bit: number, isSet: boolean): void => {
  if (isSet) Atomics.or(flags, 0, bit);
  else Atomics.and(flags, 0, ~bit);
};
