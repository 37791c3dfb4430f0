import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { seeded } from './inputs/simulator-input/simulator-input.ts';

/** Inputs per parser: a short form here, a million with `MUTATED_INPUTS=1000000`. */
export const inputs = Number(process.env['MUTATED_INPUTS'] ?? 20_000);
export const seed = Number(process.env['MUTATED_SEED'] ?? 1);
export const patienceMs = 20_000 + inputs * 2;

/** What memory may have grown by in the end, beside what was there when a part was done, in bytes. */
const mostGrown = 32 * 1024 ** 2;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heap = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
};

type Mutate = (original: Buffer) => Buffer;

/** Makes something else of what was right: other bits, a cut, a part twice, bytes between, a part of another one. */
const mutation = (others: readonly Buffer[], random: () => number): Mutate => {
  const below = (limit: number) => Math.floor(random() * limit);
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const kinds: readonly Mutate[] = [
    (bytes) => {
      const changed = Buffer.from(bytes);
      for (let n = 0; n <= below(8); n += 1) changed[below(changed.length)] = below(256);
      return changed;
    },
    (bytes) => bytes.subarray(0, below(bytes.length)),
    (bytes) => bytes.subarray(below(bytes.length)),
    (bytes) => Buffer.concat([bytes, bytes.subarray(below(bytes.length))]),
    (bytes) => {
      const at = below(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), noise(below(40)), bytes.subarray(at)]);
    },
    (bytes) => Buffer.concat([bytes.subarray(0, below(bytes.length)), others[below(others.length)]!]),
    () => noise(below(300)),
  ];
  return (bytes) => kinds[below(kinds.length)]!(bytes);
};

/** Gives `take` so many mutated inputs, and fails where memory grows with them. */
export const feed = async (
  originals: readonly Buffer[],
  take: (input: Buffer, n: number) => void | Promise<void>,
  count = inputs,
): Promise<void> => {
  const mutate = mutation(originals, seeded(seed));
  let before = 0;
  for (let n = 0; n < count; n += 1) {
    await take(mutate(originals[n % originals.length]!), n);
    if (n === Math.floor(count / 4)) before = heap();
  }
  expect(heap() - before, 'growth of memory').toBeLessThan(mostGrown);
};
