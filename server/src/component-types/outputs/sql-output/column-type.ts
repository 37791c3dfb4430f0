import { ExactNumber } from '../../../engine/exact-number.ts';

/** What a column holds; how each database calls it is its own matter. */
export const columnTypes = ['text', 'number', 'double', 'integer', 'boolean', 'time', 'json', 'bytes'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** A date with a time and an offset, in the form of ISO 8601 that cannot be taken for something else. */
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

/** The type of a column that a value may go into; undefined where the value does not tell. */
export const typeOf = (value: unknown): ColumnType | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return isoTime.test(value) ? 'time' : 'text';
  if (typeof value === 'boolean') return 'boolean';
  // all digits of all numbers, whole ones too: what begins with 21 may go on with 21.5
  if (typeof value === 'number' || value instanceof ExactNumber) return 'number';
  return value instanceof Uint8Array ? 'bytes' : 'json';
};

/** A type that takes what two values of one column are. */
export const commonType = (one: ColumnType | undefined, other: ColumnType | undefined): ColumnType | undefined => {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return one === 'json' || other === 'json' ? 'json' : 'text';
};
