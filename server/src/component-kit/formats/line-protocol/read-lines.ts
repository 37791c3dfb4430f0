import { type ExactNumber, numberFrom } from '../../../engine/exact-number.ts';
import type { TimeUnit } from '../../times/time-units.ts';
import { isoOfUnits } from '../../times/unit-times.ts';
import { type Harvest, placeOf } from '../harvest.ts';

export interface LineProtocolOptions {
  /** In which unit times are written. */
  readonly unit: TimeUnit;
  /**
   * Whether `\n`, `\r` and `\t` in names and tags are the line ends and tabs for which client libraries write them. A server
   * reads two characters.
   */
  readonly lineEnds: boolean;
}

/** What is wrong with a line, and where. */
class Problem extends Error {
  constructor(
    sentence: string,
    readonly at: number,
  ) {
    super(sentence);
  }
}

/**
 * The points of InfluxDB's line protocol, each as `{ measurement, tags, fields, time }`. Comments and empty lines hold none. A
 * line that is wrong is refused by itself.
 */
export const readLineProtocol = (options: LineProtocolOptions): ((text: string, harvest: Harvest) => void) => {
  const readPoint = pointReader(options);
  return (text, harvest) => {
    let at = 0;
    let [line, counted] = [1, 0];
    for (;;) {
      at = startOfPoint(text, at);
      if (at >= text.length) return;
      try {
        const { end, ...point } = readPoint(text, at);
        harvest.record(point.time === undefined ? withoutTime(point) : point, end - at + sizeAround);
        at = end;
      } catch (thrown) {
        if (!(thrown instanceof Problem)) throw thrown;
        for (let next = text.indexOf('\n', counted); next >= 0 && next < at; next = text.indexOf('\n', counted)) {
          line += 1;
          counted = next + 1;
        }
        // a quote that nobody closes costs its own line, not those behind it
        const end = endOfLine(text, at);
        harvest.refuse(`${placeOf(text, thrown.at, { line, start: counted })}: ${thrown.message}`, text.slice(at, end));
        at = end;
      }
    }
  };
};

/** What the names of measurement, tags, fields and time take as JSON. */
const sizeAround = 60;

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly time: string | undefined;
}

const withoutTime = ({ measurement, tags, fields }: Point): Omit<Point, 'time'> => ({ measurement, tags, fields });

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

/** Behind what holds no point: white space, and comments up to the end of their line. */
const startOfPoint = (text: string, from: number): number => {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x23) at = endOfLine(text, at);
    else if (code <= 0x20 || code === 0xfeff) at += 1;
    else break;
  }
  return at;
};

const [space, comma, equals, quote, backslash] = [0x20, 0x2c, 0x3d, 0x22, 0x5c];
const isLineEnd = (code: number): boolean => code === 0x0a || code === 0x0d;

const pointReader = ({
  unit,
  lineEnds,
}: LineProtocolOptions): ((text: string, start: number) => Point & { end: number }) => {
  const unescaped = (text: string, special: RegExp): string =>
    text.includes('\\')
      ? text.replace(special, (_, letter: string) => (lineEnds ? (meant[letter] ?? letter) : letter))
      : text;
  const inMeasurement = lineEnds ? /\\([, nrt])/g : /\\([, ])/g;
  const inKey = lineEnds ? /\\([,= nrt])/g : /\\([,= ])/g;

  return (text, start) => {
    let at = endOfName(text, start, false);
    const measurement = unescaped(text.slice(start, at), inMeasurement);
    if (measurement === '') throw new Problem('it has no measurement', start);
    const key = (what: string): string => {
      const from = at;
      at = endOfName(text, from, true);
      if (text.charCodeAt(at) !== equals) throw new Problem(`${what} has no "=" behind its name`, at);
      if (at === from) throw new Problem(`${what} has no name`, from);
      at += 1;
      return unescaped(text.slice(from, at - 1), inKey);
    };

    const tags: [string, string][] = [];
    while (text.charCodeAt(at) === comma) {
      at += 1;
      const name = key('a tag');
      const from = at;
      at = endOfName(text, from, true);
      if (text.charCodeAt(at) === equals) throw new Problem(`the tag "${name}" has a second "="`, at);
      if (at === from) throw new Problem(`the tag "${name}" has no value`, from);
      tags.push([name, unescaped(text.slice(from, at), inKey)]);
    }
    if (text.charCodeAt(at) !== space) throw new Problem('it has no fields: a space stands before them', at);
    while (text.charCodeAt(at) === space) at += 1;

    const fields: [string, unknown][] = [];
    for (;;) {
      const name = key('a field');
      const from = at;
      at = endOfValue(text, from);
      fields.push([name, valueOf(text, from, at)]);
      if (text.charCodeAt(at) !== comma) break;
      at += 1;
    }
    while (text.charCodeAt(at) === space) at += 1;
    const from = at;
    while (at < text.length && !isLineEnd(text.charCodeAt(at))) at += 1;
    const digits = text.slice(from, at).trimEnd();
    const time = digits === '' ? undefined : timeOf(digits, unit, from);
    return { measurement, tags: once(tags, 'tag', start), fields: once(fields, 'field', start), time, end: at };
  };
};

const meant: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Where a name or the value of a tag ends: at a comma, a space, a line end, or an "=" that no backslash stands before. */
const endOfName = (text: string, from: number, endsAtEquals: boolean): number => {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash && at + 1 < text.length && !isLineEnd(text.charCodeAt(at + 1))) {
      // a backslash that escapes nothing stands for itself, also where another one follows
      const next = text.charCodeAt(at + 1);
      if (next === comma || next === space || next === equals) at += 1;
    } else if (code === comma || code === space || isLineEnd(code) || (endsAtEquals && code === equals)) break;
  }
  return at;
};

const endOfValue = (text: string, from: number): number => {
  if (text.charCodeAt(from) !== quote) {
    let end = from;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === comma || code === space || isLineEnd(code)) break;
      end += 1;
    }
    return end;
  }
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at + 1;
  }
  throw new Problem('a quote is not closed', from);
};

const valueOf = (text: string, from: number, to: number): unknown => {
  if (text.charCodeAt(from) === quote) {
    const end = text.charCodeAt(to);
    if (to < text.length && end !== comma && end !== space && !isLineEnd(end))
      throw new Problem('a text ends before its field does', to);
    const inner = text.slice(from + 1, to - 1);
    return inner.includes('\\') ? inner.replace(/\\(["\\])/g, '$1') : inner;
  }
  const written = text.slice(from, to);
  if (booleans.has(written)) return booleans.get(written);
  const number = numberOf(written);
  if (number === undefined)
    throw new Problem(`"${written.slice(0, 60)}" is no value: texts stand in quotes, integers end with "i"`, from);
  return number;
};

const booleans = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

const integer = /^-?\d+i$/;
const unsigned = /^\d+u$/;

const numberOf = (written: string): number | ExactNumber | undefined => {
  if (!integer.test(written) && !unsigned.test(written)) return plain(numberFrom(written));
  const whole = BigInt(written.slice(0, -1));
  const isIn = written.endsWith('u') ? whole < 2n ** 64n : whole >= -(2n ** 63n) && whole < 2n ** 63n;
  return isIn ? plain(numberFrom(written.slice(0, -1))) : undefined;
};

/** -0 is 0, everywhere. */
const plain = (number: number | ExactNumber | undefined): number | ExactNumber | undefined =>
  typeof number === 'number' ? number + 0 : number;

const timeOf = (digits: string, unit: TimeUnit, at: number): string => {
  const iso = /^-?\d{1,19}$/.test(digits) ? isoOfUnits(BigInt(digits), unit) : undefined;
  if (iso === undefined)
    throw new Problem(
      `"${digits.slice(0, 60)}" is no time: behind the fields stand whole numbers since 1970, in the unit of "time_unit"`,
      at,
    );
  return iso;
};

const once = <Value>(
  entries: readonly (readonly [string, Value])[],
  what: string,
  at: number,
): Readonly<Record<string, Value>> => {
  const found = Object.fromEntries(entries) as Record<string, Value>;
  if (Object.keys(found).length === entries.length) return found;
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  throw new Problem(`the ${what} "${twice}" stands in it twice`, at);
};
