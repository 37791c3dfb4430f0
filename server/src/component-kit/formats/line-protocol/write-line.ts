import { ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';

/** What one line of InfluxDB's line protocol says. */
export interface Point {
  readonly measurement: string;
  /** Those that are empty, null or undefined are left out. */
  readonly tags: readonly (readonly [name: string, value: unknown])[];
  /** Numbers, texts and booleans; null and undefined are left out. */
  readonly fields: readonly (readonly [name: string, value: unknown])[];
  /** Digits since 1970, in the unit that the receiver is told; undefined for the time at which it comes there. */
  readonly time: string | undefined;
}

/**
 * One line, without its end. All numbers are written as decimals but those of fields that `isInteger` names. Throws an
 * InvalidMessage for what a server would refuse, or read as something else.
 */
export const lineOf = (point: Point, isInteger: (field: string) => boolean): string => {
  let line = measurementText(point.measurement);
  for (const [name, value] of point.tags) {
    if (value === undefined || value === null || value === '') continue;
    line += `,${keyText(name, 'a tag')}=${keyText(tagText(name, value), `the tag "${name}"`)}`;
  }
  let separator = ' ';
  for (const [name, value] of point.fields) {
    if (value === undefined || value === null) continue;
    line += `${separator}${keyText(name, 'a field')}=${fieldText(name, value, isInteger)}`;
    separator = ',';
  }
  if (separator === ' ') throw new InvalidMessage('it has no field with a value, and line protocol needs one');
  return point.time === undefined ? line : `${line} ${point.time}`;
};

const measurementText = (name: string): string => {
  if (name === '' || name.startsWith('#'))
    throw new InvalidMessage(`"${name}" is no measurement: it is empty, or begins as a comment does`);
  return escaped(name, /[, \n\r\t]/g, 'the measurement');
};

const keyText = (text: string, what: string): string => {
  if (text === '') throw new InvalidMessage(`${what} has no name`);
  return escaped(text, /[,= \n\r\t]/g, what);
};

/** A backslash at the end would escape what stands behind it. */
const escaped = (text: string, special: RegExp, what: string): string => {
  if (text.endsWith('\\'))
    throw new InvalidMessage(`${what} ends with a backslash, which line protocol cannot say: "${text.slice(0, 60)}"`);
  return text.replace(special, (letter) => lineEnds[letter] ?? `\\${letter}`);
};
const lineEnds: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const tagText = (name: string, value: unknown): string => {
  if (typeof value === 'object' && !(value instanceof ExactNumber))
    throw new InvalidMessage(`the tag "${name}" is no single value`);
  return String(value);
};

const fieldText = (name: string, value: unknown, isInteger: (field: string) => boolean): string => {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' && !(value instanceof ExactNumber))
    throw new InvalidMessage(
      `the field "${name}" is ${Array.isArray(value) ? 'a list' : 'no single value'}, which line protocol cannot say: name the fields that are written`,
    );
  return isInteger(name) ? integerText(name, value) : decimalText(name, value);
};

const decimalText = (name: string, value: number | ExactNumber): string => {
  if (!Number.isFinite(Number(value)))
    throw new InvalidMessage(`the field "${name}" is ${String(value)}, which is beyond what line protocol can say`);
  return String(value);
};

const [leastInteger, mostInteger] = [-(2n ** 63n), 2n ** 63n - 1n];

const integerText = (name: string, value: number | ExactNumber): string => {
  const whole = wholeOf(value);
  if (whole === undefined || whole < leastInteger || whole > mostInteger)
    throw new InvalidMessage(`the field "${name}" is ${String(value)}, which is no integer of 64 bits`);
  return `${whole}i`;
};

/** Beyond 2^53 the digits count as JSON has them. */
const wholeOf = (value: number | ExactNumber): bigint | undefined =>
  /^-?\d+$/.test(String(value)) ? BigInt(String(value)) : undefined;
