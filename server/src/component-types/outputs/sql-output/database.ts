import type { InvalidMessage } from '../../../engine/fault.ts';
import type { ColumnType } from './column-type.ts';

/** One row that is to be written: what goes into which column. Columns that it does not name get what the table gives them. */
export interface Row {
  /** The place of its message in the batch. */
  readonly at: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** About how many bytes it takes. */
  readonly size: number;
}

/** What is known of a column, as far as it matters to what is written there. */
export interface Column {
  readonly name: string;
  /** `whole`: numbers, of which it keeps whole ones with 64 bits alone. */
  readonly holds: 'time' | 'bytes' | 'json' | 'whole' | 'other';
}

export interface NewColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** The columns of a table, by their names as messages write them. */
export type Columns = ReadonlyMap<string, Column>;

/** Why rows were refused, by the place of their messages. */
export type Refused = ReadonlyMap<number, InvalidMessage>;

/**
 * A table of a database, whichever that is. All of it rejects with a TransientFault where the database cannot do it now, or as
 * somebody has set it up: that is waited for.
 */
export interface Table {
  /** Its columns; undefined where there is no such table. */
  look(): Promise<Columns | undefined>;
  /** Makes it where it is not there, with these columns and the key of the settings. */
  make(columns: readonly NewColumn[]): Promise<void>;
  add(columns: readonly NewColumn[]): Promise<void>;
  /** Writes rows in one transaction, in their order; resolves with those that can never be written, when all others are on disk. */
  write(rows: readonly Row[]): Promise<Refused>;
  close(): Promise<void>;
  /** The name of a column as the database tells columns apart. */
  readonly foldName: (name: string) => string;
  /** A value as it is handed to the database for a column. Throws an InvalidMessage where it would become another one there. */
  readonly asValue: (value: unknown, column: Column) => unknown;
}
