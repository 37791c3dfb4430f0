import { doubleOf } from '../../engine/exact-number.ts';
import { reader } from '../../engine/field-path.ts';
import { type TimeOptions, timeOfText } from '../times/time-text.ts';
import { inMilliseconds, type TimeUnit, unitBySize } from '../times/time-units.ts';

export interface RecordedTimes extends TimeOptions {
  /** Path of the field that tells when a record was made. */
  readonly field: string;
  readonly unit: TimeUnit | 'by_size';
}

/** When a record was made, in milliseconds; undefined where it does not tell. */
export const timeReader = ({ field, unit, ...options }: RecordedTimes): ((payload: unknown) => number | undefined) => {
  const [read, readText] = [reader(field), timeOfText(options)];
  const ofNumber = (number: number): number => inMilliseconds(number, unit === 'by_size' ? unitBySize(number) : unit);
  return (payload) => {
    const value = read(payload);
    const isFormatted = options.format !== undefined && options.format !== '';
    const number = doubleOf(value);
    if (number !== undefined && !isFormatted) return ofNumber(number);
    const text = number === undefined ? value : String(value);
    if (typeof text !== 'string') return undefined;
    if (!isFormatted && /^-?\d+(\.\d+)?$/.test(text)) return ofNumber(Number(text));
    const found = readText(text);
    return 'ms' in found ? found.ms : undefined;
  };
};
