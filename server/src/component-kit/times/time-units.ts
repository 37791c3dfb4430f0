export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

const milliseconds: Readonly<Record<TimeUnit, (number: number) => number>> = {
  // what stands behind the point is seldom exact in seconds
  s: (number) => Math.round(number * 1e6) / 1000,
  ms: (number) => number,
  us: (number) => number / 1000,
  // a number holds no more than some hundred nanoseconds of a date
  ns: (number) => Math.round(number / 1000) / 1000,
};

/** A time in a unit, in milliseconds. */
export const inMilliseconds = (number: number, unit: TimeUnit): number => milliseconds[unit](number);

/** Up to the year 5138 the size of a time since 1970 tells its unit; what is larger is nanoseconds. */
const largest = [
  { below: 1e11, unit: 's' },
  { below: 1e14, unit: 'ms' },
  { below: 1e17, unit: 'us' },
] as const;

export const unitBySize = (number: number): TimeUnit =>
  largest.find(({ below }) => Math.abs(number) < below)?.unit ?? 'ns';
