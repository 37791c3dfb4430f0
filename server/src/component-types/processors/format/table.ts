import { cellText, columnReader, rowText, withoutFormula } from '../../../component-kit/content/csv-text.ts';
import { ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { limits } from '../../../engine/limits.ts';
import type { FormatConfig } from './format.definition.ts';

/** Columns that a message gets by itself; more are a sign that the names are data. */
const mostColumns = 1000;

/**
 * A payload as rows of CSV: an object is one, a list of objects as many as it has. Throws an InvalidMessage for anything else, and
 * for fields that the columns of the first message lack.
 */
export const tableWriter = (
  config: Pick<FormatConfig, 'columns' | 'header' | 'delimiter' | 'line_end' | 'guard_formulas'>,
): ((payload: unknown) => string) => {
  const { delimiter, header } = config;
  const lineEnd = config.line_end === 'crlf' ? '\r\n' : '\n';
  const guard = config.guard_formulas ? withoutFormula : (text: string): string => text;
  const line = (texts: readonly string[]): string => rowText(texts, delimiter);
  let known = config.columns.length > 0 ? columnsOf(config.columns) : undefined;
  let isHeaderDue = header === 'first';

  return (payload) => {
    const rows = rowsOf(payload);
    const columns = known ?? columnsOf(namesIn(rows));
    if (config.columns.length === 0 && known) refuseOthers(rows, known.names);
    const lines = header === 'each' || isHeaderDue ? [line(columns.names.map(guard))] : [];
    let length = 0;
    for (const row of rows) {
      const written = line(
        columns.reads.map((read) => {
          const value = read(row);
          return typeof value === 'string' ? guard(value) : cellText(value);
        }),
      );
      length += written.length;
      if (length > limits.parsed)
        throw new InvalidMessage(
          `its rows would be longer than the ${limits.parsed / 1024 ** 2} MB that a message may have`,
        );
      lines.push(written);
    }
    if (header === 'first') {
      known = columns;
      isHeaderDue = false;
    }
    return lines.join(lineEnd);
  };
};

interface Columns {
  readonly names: readonly string[];
  readonly reads: readonly ((row: Row) => unknown)[];
}
type Row = Readonly<Record<string, unknown>>;

const columnsOf = (names: readonly string[]): Columns => ({ names, reads: names.map(columnReader) });

const rowsOf = (payload: unknown): readonly Row[] => {
  const rows: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  if (rows.length > 0 && rows.every(isRow)) return rows;
  throw new InvalidMessage('it is no row: CSV is written of an object, or of a list of objects that is not empty');
};

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

const namesIn = (rows: readonly Row[]): readonly string[] => {
  const names = new Set<string>();
  for (const row of rows) {
    for (const name of Object.keys(row)) names.add(name);
    if (names.size > mostColumns)
      throw new InvalidMessage(
        `its rows have more than ${mostColumns} columns: name those that are written in "columns"`,
      );
  }
  if (names.size > 0) return [...names];
  throw new InvalidMessage('it has no fields, so there is nothing to write');
};

const refuseOthers = (rows: readonly Row[], names: readonly string[]): void => {
  for (const row of rows) {
    const other = Object.keys(row).find((name) => !names.includes(name));
    if (other !== undefined)
      throw new InvalidMessage(
        `its field "${other.slice(0, 60)}" has no column, since the first message had none of that name: name all of them in "columns"`,
      );
  }
};
