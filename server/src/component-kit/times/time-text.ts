import { type ReadShown, timeFormat } from './time-format.ts';
import { greenwichMs } from './wall-time.ts';
import { zoneOf } from './zone.ts';

export interface TimeOptions {
  /** How texts are written; empty for dates that are known by their look: ISO 8601, and those of mail and HTTP. */
  readonly format?: string;
  /** Where the clock hangs that wrote a text which does not say it. */
  readonly zone?: string;
  /** Which one is meant of two times that the clock shows alike when it is set back. */
  readonly twice?: 'refuse' | 'earlier' | 'later';
}

/** Milliseconds since 1970, or why a text tells none. */
export type TimeOfText = { readonly ms: number } | { readonly problem: string };

const iso =
  /^ *([+-]\d{6}|\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)?)? *(Z|[+-]\d\d(?::?\d\d)?)? *$/i;
/** Those of mail, HTTP, `asctime` and the like: nothing in them can be taken for something else. */
const known = [
  'EEE, d MMM yyyy HH:mm:ss z',
  'd MMM yyyy HH:mm:ss z',
  'EEE MMM d HH:mm:ss z yyyy',
  'EEE MMM d HH:mm:ss yyyy',
].map(timeFormat);

/** ISO 8601 of a whole date, alone or with a time; the parts of a date stand all with a "-" between them, or all without. */
const readIso: ReadShown = (text) => {
  const found = iso.exec(text);
  if (!found || !(/^ *[+-]?\d+-\d\d-\d\d/.test(text) || /^ *\d{8}(?!\d)/.test(text))) return undefined;
  const [, year, month, day, hour, minute, second, fraction, offset] = found;
  if (offset !== undefined && hour === undefined) return undefined;
  const wallMs = greenwichMs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  if (wallMs === undefined) return undefined;
  if (offset === undefined) return { wallMs, offsetMs: undefined };
  const [hours, minutes] =
    offset.toUpperCase() === 'Z' ? [0, 0] : [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(':', ''))];
  if (hours > 23 || minutes > 59) return undefined;
  return { wallMs, offsetMs: (hours * 60 + minutes) * (offset.startsWith('-') ? -60_000 : 60_000) };
};

const readKnown: ReadShown = (text) => {
  if (text.length > 100) return undefined;
  const shown = readIso(text);
  if (shown) return shown;
  for (const read of known) {
    const found = read(text);
    if (found) return found;
  }
  return undefined;
};

/**
 * Reads times from texts, and guesses nothing: what is no complete, existing date in a known order is a problem. A text that
 * says its offset needs no zone.
 */
export const timeOfText = ({ format = '', zone = 'UTC', twice = 'refuse' }: TimeOptions = {}): ((
  text: string,
) => TimeOfText) => {
  const read = format === '' || format.toLowerCase() === 'iso' ? readKnown : timeFormat(format);
  const clock = zoneOf(zone);
  return (text) => {
    const shown = read(text);
    if (!shown)
      return {
        problem: format === '' ? notKnown : `it is no time of the format "${format}", or there is no such time`,
      };
    if (shown.offsetMs !== undefined) return { ms: shown.wallMs - shown.offsetMs };
    const instants = clock.instants(shown.wallMs);
    if (instants.length === 0) return { problem: `the clock in "${zone}" was set forward over that time` };
    if (instants.length > 1 && twice === 'refuse')
      return { problem: `that time comes twice in "${zone}", where the clock was set back: set which one is meant` };
    return { ms: instants.at(twice === 'later' ? -1 : 0)! };
  };
};

const notKnown = 'it is no complete date that is known by its look, such as "2024-05-01T10:00:00Z": set its format';
