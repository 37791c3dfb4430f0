/** A space that does not break: between groups of digits, and between number and unit. */
const space = '\u00a0';

/** `12400` as `12 400`; fractions below ten keep one digit. */
export const formatNumber = (value: number): string => {
  const rounded = Math.abs(value) < 9.95 ? Math.round(value * 10) / 10 : Math.round(value);
  const [whole, fraction] = String(rounded).split('.') as [string, string?];
  return whole.replace(/\B(?=(\d{3})+$)/g, space) + (fraction === undefined ? '' : `.${fraction}`);
};

/** Messages per second, short: `4 210/s`. A trickle that rounding would hide is said to be below a tenth. */
export const formatRate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 0.05 ? '<0.1/s' : `${formatNumber(perSecond)}/s`;

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `1536` bytes as `1.5 KB`; a KB has 1024 bytes, as in settings. */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${formatNumber(bytes / 1024 ** power)}${space}${units[power]}`;
};

const spans = [
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** How long something lasts, for people, in its two largest units: `3 h 12 min`, `2 days 4 h`, `40 s`. */
export const formatSpan = (milliseconds: number): string => {
  let seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const parts = spans.flatMap(([unit, size]) => {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    return count === 0 ? [] : [`${count} ${unit}${unit === 'day' && count > 1 ? 's' : ''}`];
  });
  return parts.slice(0, 2).join(' ');
};

/** A moment as people say it today: `12:03`, with seconds where they matter. */
export const formatTime = (moment: Date | number): string =>
  new Date(moment).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
export const formatTimeToSecond = (moment: Date | number): string => new Date(moment).toLocaleTimeString('en-GB');

/** A moment in the past: the time alone where it was today, else with the day. */
export const formatMoment = (moment: Date, now: Date): string => {
  const time = formatTimeToSecond(moment);
  if (moment.toDateString() === now.toDateString()) return time;
  const day = moment.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(moment.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  });
  return `${day}, ${time}`;
};
