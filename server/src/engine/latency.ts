/** Steps from one power of two to the next. */
const perDouble = 2;

/** How many classes of latency there are: below a millisecond, and in steps up to a day and more. */
export const latencyClasses = 56;

/** The class of a latency in milliseconds. */
export const latencyClass = (milliseconds: number): number =>
  !(milliseconds >= 1) ? 0 : Math.min(latencyClasses - 1, 1 + Math.floor(perDouble * Math.log2(milliseconds)));

/** Where a class ends, in milliseconds; the next one begins there. */
const endOf = (index: number): number => 2 ** (index / perDouble);

/**
 * The latency, in milliseconds, that this part of the messages stays below; undefined where there were none.
 * @param counts messages by class
 * @param part from 0 to 1
 */
export const latencyBelow = (counts: ArrayLike<number>, part: number): number | undefined => {
  let total = 0;
  for (let index = 0; index < counts.length; index += 1) total += counts[index]!;
  if (total === 0) return undefined;
  let below = 0;
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index]!;
    if (count > 0 && below + count >= total * part) {
      const start = index === 0 ? 0 : endOf(index - 1);
      return start + (endOf(index) - start) * Math.max(0, (total * part - below) / count);
    }
    below += count;
  }
  return endOf(counts.length - 1);
};
