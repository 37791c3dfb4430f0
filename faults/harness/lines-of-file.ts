import { readFileSync } from 'node:fs';

/** The numbers in a file of JSON lines, in order. What a kill has cut is no number, and comes again. */
export const numbersIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [(JSON.parse(line) as { readonly n: number }).n];
      } catch {
        return [];
      }
    });

/** How many first arrivals came after a higher number. */
export const disorderOf = (numbers: readonly number[]): number => {
  const seen = new Set<number>();
  let highest = -1;
  let disorder = 0;
  for (const number of numbers) {
    if (seen.has(number)) continue;
    seen.add(number);
    if (number < highest) disorder += 1;
    else highest = number;
  }
  return disorder;
};
