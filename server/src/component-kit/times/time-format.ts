import { dayOfYear, greenwichMs, type WallTime } from './wall-time.ts';

/** What a text says by its format: the time on a wall, as if in Greenwich, and how far that is ahead of it where it says so. */
export interface Shown {
  readonly wallMs: number;
  readonly offsetMs: number | undefined;
}

/** Reads a text; undefined where it is not of the format, or no such time exists. */
export type ReadShown = (text: string) => Shown | undefined;

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september'];
months.push('october', 'november', 'december');
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));
const oneOf = (names: readonly string[]): string => `(${names.join('|')})`;

/** What a part of a format stands for, and the texts that it takes. */
const kinds = {
  year: '(\\d{4})',
  shortYear: '(\\d{2})',
  month: '(\\d{1,2})',
  month2: '(\\d{2})',
  monthName: oneOf(months),
  shortMonthName: oneOf(short(months)),
  day: '(\\d{1,2})',
  day2: '(\\d{2})',
  dayOfYear: '(\\d{1,3})',
  weekday: oneOf(weekdays),
  shortWeekday: oneOf(short(weekdays)),
  hour: '(\\d{1,2})',
  hour2: '(\\d{2})',
  hour12: '(\\d{1,2})',
  minute: '(\\d{1,2})',
  minute2: '(\\d{2})',
  second: '(\\d{1,2})',
  second2: '(\\d{2})',
  fraction: '(\\d{1,9})',
  half: '([ap])\\.?m\\.?',
  offset: '(z|utc|gmt|[-+]\\d{2}(?::?\\d{2})?)',
  seconds: '(-?\\d{1,12})',
} as const;
type Kind = keyof typeof kinds;

/** Letters of strftime. */
const percent: Readonly<Record<string, readonly (Kind | string)[]>> = {
  Y: ['year'],
  y: ['shortYear'],
  m: ['month'],
  B: ['monthName'],
  b: ['shortMonthName'],
  h: ['shortMonthName'],
  d: ['day'],
  e: ['day'],
  j: ['dayOfYear'],
  A: ['weekday'],
  a: ['shortWeekday'],
  H: ['hour'],
  k: ['hour'],
  I: ['hour12'],
  l: ['hour12'],
  M: ['minute'],
  S: ['second'],
  f: ['fraction'],
  L: ['fraction'],
  p: ['half'],
  P: ['half'],
  z: ['offset'],
  Z: ['offset'],
  s: ['seconds'],
  F: ['year', '-', 'month', '-', 'day'],
  D: ['month', '/', 'day', '/', 'shortYear'],
  T: ['hour', ':', 'minute', ':', 'second'],
  R: ['hour', ':', 'minute'],
  n: [' '],
  t: [' '],
  '%': ['%'],
};

/** Letters of Unicode's patterns, as Java and many others have them: how often a letter stands tells how it is written. */
const letters: Readonly<Record<string, Kind>> = {
  yyyy: 'year',
  uuuu: 'year',
  y: 'year',
  yy: 'shortYear',
  M: 'month',
  MM: 'month2',
  MMM: 'shortMonthName',
  MMMM: 'monthName',
  d: 'day',
  dd: 'day2',
  D: 'dayOfYear',
  DDD: 'dayOfYear',
  E: 'shortWeekday',
  EEE: 'shortWeekday',
  EEEE: 'weekday',
  H: 'hour',
  HH: 'hour2',
  h: 'hour12',
  hh: 'hour12',
  m: 'minute',
  mm: 'minute2',
  s: 'second',
  ss: 'second2',
  a: 'half',
};
for (const letter of 'XxZz')
  for (const count of [1, 2, 3]) Object.assign(letters, { [letter.repeat(count)]: 'offset' });
for (let count = 1; count <= 9; count += 1) Object.assign(letters, { ['S'.repeat(count)]: 'fraction' });

interface Part {
  readonly kind?: Kind;
  readonly text: string;
}

const percentParts = (format: string): Part[] =>
  [...format.matchAll(/%[-_0^#]?(.?)|([^%]+)/gs)].flatMap(([whole, letter, text]) => {
    if (text !== undefined) return [{ text }];
    const parts = Object.hasOwn(percent, letter!) ? percent[letter!] : undefined;
    if (!parts) throw new RangeError(`"${whole}" stands for nothing in a format`);
    return parts.map((part): Part => (part in kinds ? { kind: part as Kind, text: whole } : { text: part }));
  });

const unicodeParts = (format: string): Part[] =>
  [...format.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)].map(([whole, quoted, letter]): Part => {
    if (quoted !== undefined) return { text: quoted === '' ? "'" : quoted.replaceAll("''", "'") };
    if (letter === undefined) return { text: whole };
    if (whole === 'T') return { text: 'T' };
    const kind = Object.hasOwn(letters, whole) ? letters[whole] : undefined;
    if (!kind) throw new RangeError(`"${whole}" stands for nothing in a format: write texts as 'text'`);
    return { kind, text: whole };
  });

/** Kinds of the same thing, of which a format holds one. */
const sames: Readonly<Partial<Record<Kind, string>>> = {
  shortYear: 'year',
  month2: 'month',
  monthName: 'month',
  shortMonthName: 'month',
  day2: 'day',
  shortWeekday: 'weekday',
  hour2: 'hour',
  hour12: 'hour',
  minute2: 'minute',
  second2: 'second',
};

const escaped = (text: string): string =>
  text
    .trim()
    .replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
    .replace(/\s+/g, ' +');

/**
 * A reader for texts of a format: of strftime where it holds a "%", such as `%d/%m/%Y %H:%M:%S`, else a pattern of Unicode,
 * such as `dd.MM.yyyy HH:mm`. Names are English. Throws a RangeError that says what is wrong where it is none.
 */
export const timeFormat = (format: string): ReadShown => {
  const parts = format.includes('%') ? percentParts(format) : unicodeParts(format);
  const seen = new Set<string>();
  for (const { kind, text } of parts) {
    if (!kind) continue;
    const same = sames[kind] ?? kind;
    if (seen.has(same)) throw new RangeError(`"${text}" says something of which the format has said it already`);
    seen.add(same);
  }
  if (!seen.has('seconds')) refuseIncomplete(seen);
  if (parts.some(({ kind }) => kind === 'hour12') && !seen.has('half'))
    throw new RangeError('the format has hours up to 12 and no "a" or "%p", which says of which half of the day');
  const order = parts.flatMap(({ kind }) => (kind ? [kind] : []));
  const pattern = parts.map(({ kind, text }) => {
    if (kind) return kinds[kind];
    const [before, after] = [/^\s/.test(text) ? ' +' : '', /\S\s+$/.test(text) ? ' +' : ''];
    return text.trim() === '' ? ' +' : before + escaped(text) + after;
  });
  const whole = new RegExp(`^ *${pattern.join('')} *$`, 'i');
  return (text) => {
    const found = text.length > longestText ? null : whole.exec(text);
    return found ? shownBy(order, found.slice(1)) : undefined;
  };
};

const longestText = 200;

const refuseIncomplete = (seen: ReadonlySet<string>): void => {
  const missing = !seen.has('year') ? 'year' : seen.has('dayOfYear') ? undefined : monthOrDay(seen);
  if (missing) throw new RangeError(`the format has no ${missing}: a date is complete, or it would be guessed`);
};
const monthOrDay = (seen: ReadonlySet<string>): string | undefined =>
  !seen.has('month') ? 'month' : !seen.has('day') ? 'day' : undefined;

const shownBy = (order: readonly Kind[], texts: readonly string[]): Shown | undefined => {
  const has: Partial<Record<Kind, string>> = {};
  for (const [index, kind] of order.entries()) has[kind] = texts[index]!.toLowerCase();
  const numberOf = (...all: readonly Kind[]): number | undefined => {
    const found = all.map((kind) => has[kind]).find((text) => text !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const millisecond = has.fraction === undefined ? 0 : Math.floor(Number(`0.${has.fraction}`) * 1000 + 1e-6);
  if (has.seconds !== undefined) return { wallMs: Number(has.seconds) * 1000 + millisecond, offsetMs: 0 };
  const year = numberOf('year') ?? fullYear(numberOf('shortYear')!);
  const number = numberOf('dayOfYear');
  const day = number === undefined ? { month: monthOf(has), day: numberOf('day', 'day2')! } : dayOfYear(year, number);
  const hour = hourOf(numberOf('hour', 'hour2'), numberOf('hour12'), has.half);
  if (!day || hour === undefined) return undefined;
  const wall: WallTime = {
    year,
    ...day,
    hour,
    minute: numberOf('minute', 'minute2') ?? 0,
    second: numberOf('second', 'second2') ?? 0,
    millisecond,
  };
  const wallMs = greenwichMs(wall);
  const weekday = has.weekday ?? has.shortWeekday;
  if (wallMs === undefined || (weekday && !isWeekday(wall, weekday))) return undefined;
  return offsetOf(has.offset, wallMs);
};

/** As POSIX has it. */
const fullYear = (short: number): number => short + (short < 69 ? 2000 : 1900);

const monthOf = (has: Partial<Record<Kind, string>>): number => {
  const name = has.monthName ?? has.shortMonthName;
  if (name === undefined) return Number(has.month ?? has.month2);
  return months.findIndex((month) => month.startsWith(name)) + 1;
};

/** Undefined where there is no such hour. */
const hourOf = (hour: number | undefined, hour12: number | undefined, half: string | undefined): number | undefined => {
  if (hour12 === undefined) return hour ?? 0;
  return hour12 >= 1 && hour12 <= 12 ? (hour12 % 12) + (half === 'p' ? 12 : 0) : undefined;
};

const isWeekday = ({ year, month, day }: WallTime, name: string): boolean =>
  weekdays[new Date(greenwichMs({ year, month, day })!).getUTCDay()]!.startsWith(name);

/** Undefined where no clock is that far ahead. */
const offsetOf = (offset: string | undefined, wallMs: number): Shown | undefined => {
  if (offset === undefined) return { wallMs, offsetMs: undefined };
  const found = /^([-+])(\d\d):?(\d\d)?$/.exec(offset);
  if (!found) return { wallMs, offsetMs: 0 };
  const [hours, minutes] = [Number(found[2]), Number(found[3] ?? 0)];
  if (hours > 23 || minutes > 59) return undefined;
  return { wallMs, offsetMs: (hours * 60 + minutes) * (found[1] === '-' ? -60_000 : 60_000) };
};
