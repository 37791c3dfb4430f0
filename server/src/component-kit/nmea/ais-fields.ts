import type { AisBits } from './ais-bits.ts';

type Payload = Record<string, unknown>;

/** A field of a message of AIS: so many bits, and what the payload gets of them. */
export interface AisField {
  readonly width: number;
  readonly names: readonly string[];
  /** Is called where all its bits are there; a text may lack some. */
  read(bits: AisBits, at: number, payload: Payload): void;
  readonly mayBeCut?: boolean;
}

export const spare = (width: number): AisField => ({ width, names: [], read: () => undefined });

/** How a number is said; where `isAbsent` holds for what was sent, the sender does not know it. */
interface Scale {
  readonly isSigned?: boolean;
  readonly isAbsent?: (sent: number) => boolean;
  /** Value of one, a fraction as its denominator, and what is added. */
  readonly per?: number;
  readonly from?: number;
}

export const number = (name: string, width: number, scale: Scale = {}): AisField => {
  const { isSigned = false, isAbsent, per = 1, from = 0 } = scale;
  return {
    width,
    names: [name],
    read: (bits, at, payload) => {
      const sent = isSigned ? bits.signed(at, width) : bits.unsigned(at, width);
      // rounded to what was sent: 14.5 and not 14.500000000000002
      if (!isAbsent?.(sent)) payload[name] = from === 0 ? sent / per : Math.round(sent + from * per) / per;
    },
  };
};

/** A number that is absent from a value on. */
export const below = (name: string, width: number, end: number, scale: Scale = {}): AisField =>
  number(name, width, { ...scale, isAbsent: (sent) => sent >= end });
/** A number that 0 stands for where it is absent. */
export const aboveZero = (name: string, width: number, scale: Scale = {}): AisField =>
  number(name, width, { ...scale, isAbsent: (sent) => sent === 0 });

export const flag = (name: string): AisField => ({
  width: 1,
  names: [name],
  read: (bits, at, payload) => (payload[name] = bits.unsigned(at, 1) === 1),
});

/** The number and its word. */
export const numbered = (
  name: string,
  width: number,
  words: readonly (string | undefined)[],
  absent = -1,
): AisField => ({
  width,
  names: [name, `${name}_name`],
  read: (bits, at, payload) => {
    const value = bits.unsigned(at, width);
    if (value === absent) return;
    payload[name] = value;
    const word = words[value];
    if (word !== undefined) payload[`${name}_name`] = word;
  },
});

/** Texts end where nothing but "@" and spaces follows. */
const said = (characters: string): string => characters.replace(/@+$/, '').trim();

export const text = (name: string, width: number): AisField => ({
  width,
  names: [name],
  mayBeCut: true,
  read: (bits, at, payload) => {
    const found = said(bits.characters(at, width));
    if (found !== '') payload[name] = found;
  },
});

/** The rest of a name of twenty characters that stands at `from`. */
export const restOfName = (name: string, from: number): AisField => ({
  width: 0,
  names: [],
  read: (bits, at, payload) => {
    const rest = bits.characters(at, bits.length - at);
    if (said(rest) !== '') payload[name] = said(`${bits.characters(from, 120)}${rest}`);
  },
});

/** All bits that are left, in hexadecimal. */
export const data = (name: string): AisField => ({
  width: 0,
  names: [name],
  read: (bits, at, payload) => {
    if (at < bits.length) payload[name] = bits.hex(at);
  },
});

/** The last bits, whatever stands before them; they are part of the data, too. */
export const atEnd = (name: string, width: number): AisField => ({
  width: 0,
  names: [name],
  read: (bits, at, payload) => {
    if (bits.length - width >= at) payload[name] = bits.unsigned(bits.length - width, width);
  },
});

/** Reads fields as far as all their bits are there. Returns where it has ended. */
export const readFields = (fields: readonly AisField[], bits: AisBits, payload: Payload, from = 0): number => {
  let at = from;
  for (const field of fields) {
    if (at + field.width > bits.length && !(field.mayBeCut && at < bits.length)) break;
    field.read(bits, at, payload);
    at += field.width;
  }
  return at;
};

/** Several of a kind, one after the other. One that is cut within its first field, or all of zeros, is not there. */
export const list = (name: string, entries: readonly (readonly AisField[])[]): AisField => ({
  width: 0,
  names: [name],
  read: (bits, from, payload) => {
    const found: Payload[] = [];
    let at = from;
    for (const fields of entries) {
      if (at + fields[0]!.width > bits.length) break;
      const entry: Payload = {};
      const end = readFields(fields, bits, entry, at);
      if (!isZero(bits, at, end)) found.push(entry);
      at = end;
    }
    payload[name] = found;
  },
});
const isZero = (bits: AisBits, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (bits.unsigned(at, 1) === 1) return false;
  return true;
};

/** A maritime identity; 0 is none. */
export const mmsi = (name: string): AisField => aboveZero(name, 30);

/** Parts of a degree are rounded to a millionth of one, a tenth of a metre, as they are sent at best. */
const degrees = (
  name: string,
  given: { readonly width: number; readonly perDegree: number; readonly most: number },
): AisField => {
  const { width, perDegree, most } = given;
  return {
    width,
    names: [name],
    read: (bits, at, payload) => {
      const sent = bits.signed(at, width);
      if (Math.abs(sent) <= most * perDegree) payload[name] = Math.round((sent * 1e6) / perDegree) / 1e6 + 0;
    },
  };
};
export const longitude = (width: number, perDegree: number, name = 'longitude'): AisField =>
  degrees(name, { width, perDegree, most: 180 });
export const latitude = (width: number, perDegree: number, name = 'latitude'): AisField =>
  degrees(name, { width, perDegree, most: 90 });

/** Knots, in tenths: 102.2 is that or more. */
export const speed = below('speed_knots', 10, 1023, { per: 10 });
/** Degrees from north, in tenths. */
export const course = below('course_deg', 12, 3600, { per: 10 });
export const heading = below('heading_deg', 9, 360);

/** Second of the minute at which the position was taken, or why there is none. */
export const second: AisField = {
  width: 6,
  names: ['second', 'positioning'],
  read: (bits, at, payload) => {
    const value = bits.unsigned(at, 6);
    if (value < 60) payload['second'] = value;
    else if (value > 60) payload['positioning'] = ['manual', 'estimated', 'inoperative'][value - 61];
  },
};

/** Rate of turn: `turn` as it was sent, to starboard positive; beyond ±126 no rate is known, only the side. */
export const turn: AisField = {
  width: 8,
  names: ['turn', 'rate_of_turn_deg_min'],
  read: (bits, at, payload) => {
    const sent = bits.signed(at, 8);
    if (sent === -128) return;
    payload['turn'] = sent;
    if (Math.abs(sent) < 127)
      payload['rate_of_turn_deg_min'] = Math.round(Math.sign(sent) * (sent / 4.733) ** 2 * 10) / 10 + 0;
  },
};

/** Where the antenna is: metres to bow, stern, port and starboard. Four zeros say nothing. */
export const dimensions: AisField = {
  width: 30,
  names: ['to_bow_m', 'to_stern_m', 'to_port_m', 'to_starboard_m'],
  read: (bits, at, payload) => {
    if (bits.unsigned(at, 30) === 0) return;
    payload['to_bow_m'] = bits.unsigned(at, 9);
    payload['to_stern_m'] = bits.unsigned(at + 9, 9);
    payload['to_port_m'] = bits.unsigned(at + 18, 6);
    payload['to_starboard_m'] = bits.unsigned(at + 24, 6);
  },
};

/** A date with its time of day: `time` as ISO 8601 where all of it is there and the calendar has such a day. */
export const dateAndTime: AisField = {
  width: 40,
  names: ['year', 'month', 'day', 'hour', 'minute', 'second', 'time'],
  read: (bits, at, payload) => {
    for (const [name, from, width, isThere] of partsOfTime) {
      const value = bits.unsigned(at + from, width);
      if (isThere(value)) payload[name] = value;
    }
    const [year, month, day, hour, minute, second] = partsOfTime.map(([name]) => payload[name] as number | undefined);
    if ([year, month, day, hour, minute, second].includes(undefined)) return;
    const time = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
    if (new Date(time).getUTCDate() === day) payload['time'] = new Date(time).toISOString();
  },
};
const partsOfTime: readonly (readonly [string, number, number, (value: number) => boolean])[] = [
  ['year', 0, 14, (value) => value > 0 && value < 10_000],
  ['month', 14, 4, (value) => value > 0 && value < 13],
  ['day', 18, 5, (value) => value > 0],
  ['hour', 23, 5, (value) => value < 24],
  ['minute', 28, 6, (value) => value < 60],
  ['second', 34, 6, (value) => value < 60],
];

/** Month, day, hour and minute, without a year: a date of its own is not made of them. */
export const expected = (prefix: string): readonly AisField[] => [
  number(`${prefix}month`, 4, { isAbsent: (value) => value === 0 || value > 12 }),
  aboveZero(`${prefix}day`, 5),
  below(`${prefix}hour`, 5, 24),
  below(`${prefix}minute`, 6, 60),
];
