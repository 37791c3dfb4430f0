import { groupReader, shortened } from '../../../component-kit/fields/key-reader.ts';
import { compareNumbers, doubleOf, ExactNumber, readJson, writeJson } from '../../../engine/exact-number.ts';
import { messageReader } from '../../../engine/header-path.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';

/** What was passed on last in a group: its values as JSON, and when it came in. */
export type Passed = readonly [values: string, time: number];

export interface ChangedOptions {
  readonly fields: readonly string[];
  readonly by: readonly string[];
  readonly deadband: number;
  readonly deadband_in: 'value' | 'percent';
  /** Milliseconds after which an unchanged message is passed on too. */
  readonly heartbeat?: number | undefined;
}

/** Values that take more characters are remembered by their hash. */
const longestValues = 1000;

/**
 * Whether a message differs enough from the one that was passed on last in its group. Time is that at which messages came in, so
 * that what is handed over again after a crash is judged as it was.
 */
export const changeDetector = (options: ChangedOptions, passed: KeptMap<Passed>): ((message: Message) => boolean) => {
  const groupOf = groupReader(options.by);
  const valuesOf = valuesReader(options.fields);
  const differs = options.deadband === 0 ? isAnother : beyond(options);
  const heartbeat = options.heartbeat ?? Infinity;
  return (message) => {
    const values = valuesOf(message);
    if (values === undefined) return true;
    const group = groupOf(message);
    const before = passed.get(group);
    if (
      before !== undefined &&
      Math.abs(message.time - before[1]) < heartbeat &&
      !haveChanged(before[0], values, differs)
    )
      return false;
    passed.set(group, [values, message.time]);
    return true;
  };
};

/** The values that are compared, as JSON of a list; undefined for a message that has none of them. */
const valuesReader = (fields: readonly string[]): ((message: Message) => string | undefined) => {
  if (fields.length === 0)
    return ({ bytes, json }) =>
      shortened(bytes ? `bytes ${Buffer.from(bytes).toString('latin1')}` : `[${json}]`, longestValues);
  const readers = fields.map(messageReader);
  return (message) => {
    const values = readers.map((read) => read(message));
    return values.every((value) => value === undefined) ? undefined : shortened(writeJson(values)!, longestValues);
  };
};

type AsNumber = number | ExactNumber;
type Differs = (before: AsNumber, now: AsNumber) => boolean;

const haveChanged = (before: string, now: string, differs: Differs): boolean => {
  if (before === now) return false;
  const [old, fresh] = [listIn(before), listIn(now)];
  if (!old || !fresh) return true;
  return fresh.some((value, index) => {
    const other = old[index];
    return isNumber(value) && isNumber(other) ? differs(other, value) : writeJson(value) !== writeJson(other);
  });
};

const listIn = (values: string): readonly unknown[] | undefined =>
  values.startsWith('[') ? (readJson(values) as readonly unknown[]) : undefined;

const isNumber = (value: unknown): value is AsNumber => doubleOf(value) !== undefined;

const isAnother: Differs = (before, now) => compareNumbers(before, now) !== 0;

/** So much of a value may be rounding: 21.3 is a tenth above 21.2, and no more. */
const rounding = 1e-12;

const beyond = ({ deadband, deadband_in: unit }: ChangedOptions): Differs => {
  return (before, now) => {
    const [old, fresh] = [Number(before), Number(now)];
    const allowed = unit === 'percent' ? (Math.abs(old) * deadband) / 100 : deadband;
    return Math.abs(fresh - old) - allowed > rounding * Math.max(Math.abs(old), Math.abs(fresh));
  };
};
