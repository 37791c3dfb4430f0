import { type ExactNumber, numberFrom } from '../../engine/exact-number.ts';

/**
 * Numbers become numbers where nothing is lost by it: `12.50`, ` -3`, `+0.5`, `.5`, `1.5e3`, `1e-05`. What looks more like an id
 * stays a text: with zeros or a long "+" in front, whole with more digits than a double holds, or as `12e3` and `7E10`, which
 * programs print as `1.2e+04` when they mean a number.
 */
export const valueOf = (written: string, decimalComma = false): string | number | ExactNumber => {
  const text = decimalComma ? pointed(written) : written;
  const found = pointedValue(text);
  return typeof found === 'string' ? written : found;
};

/** With a decimal comma, points and blanks between thousands mean nothing, and a comma is the point. */
const pointed = (text: string): string => {
  const trimmed = text.trim();
  if (grouped.test(trimmed)) return trimmed.replace(/[. \u00A0\u202F]/g, '').replace(',', '.');
  return /^[-+]?\d*\.\d+$/.test(trimmed) ? `?${text}` : text.replace(',', '.');
};
const grouped = /^[-+]?\d{1,3}(?:[. \u00A0\u202F]\d{3})+(?:,\d*)?$/;

const pointedValue = (text: string): string | number | ExactNumber => {
  if (!mayBeNumber.test(text)) return text;
  const trimmed = text.trim();
  const isPower = power.test(trimmed);
  if (!isPower && (!decimal.test(trimmed) || phone.test(trimmed))) return text;
  const number = Number(trimmed);
  const isLost = !Number.isFinite(number) || (number === 0 && /^[^eE]*[1-9]/.test(trimmed));
  const isInexact = Number.isInteger(number) && !Number.isSafeInteger(number) && !isPower;
  if (isLost || isInexact) return text;
  return trimmed.length < surelyExact ? number : numberFrom(trimmed)!;
};

/** A number with fewer characters has no more digits than a double holds. */
const surelyExact = 16;
const mayBeNumber = /^\s*[-+.\d]/;
const decimal = /^[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)$/;
const power = /^[-+]?(?:(?:0|[1-9]\d*)?\.\d+[eE][-+]?\d+|(?:0|[1-9]\d*)[eE][-+]\d+)$/;
const phone = /^\+\d{7,}$/;

/** Whether a field is a value and no name: a number, or something that begins as a date does. */
export const isValue = (text: string): boolean => typeof valueOf(text) !== 'string' || /^\s*\d{4}-\d\d/.test(text);

export const columnTypes = ['text', 'number', 'boolean'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** What a field of a column of that type holds: null where it is empty and no text; undefined where it is something else. */
export const typedValue = (type: ColumnType, text: string, decimalComma = false): unknown => {
  if (type === 'text') return text;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (type === 'boolean') return booleans.get(trimmed.toLowerCase());
  const number = numberFrom(decimalComma ? pointed(trimmed) : trimmed);
  return number === undefined || !Number.isFinite(Number(number)) ? undefined : number;
};

/** How the fields of a text become values. */
export interface FieldOptions {
  /** Whether what looks like a number becomes one. */
  readonly numbers: boolean;
  /** Names of fields that stay texts. */
  readonly texts: readonly string[];
  /** What fields are, by their names; those that are not named go by `numbers`. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Whether a comma stands before the decimals of a number. */
  readonly decimalComma?: boolean;
}

/** What the text of a field means; undefined where it is not what a field of that name holds. Made once for each name. */
export const fieldReader = (options: FieldOptions): ((name: string) => (text: string) => unknown) => {
  const { numbers, types = {}, decimalComma = false } = options;
  const texts = new Set(options.texts);
  return (name) => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type) return (text) => typedValue(type, text, decimalComma);
    return numbers && !texts.has(name) ? (text) => valueOf(text, decimalComma) : (text) => text;
  };
};

const booleans = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);
