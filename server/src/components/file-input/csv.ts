import { parse } from 'csv-parse/sync';
import type { FileRecord, RecordOptions } from './records.ts';

/** Lines that a quoted field may go over. */
const mostLines = 1000;

/** A line and its number in the file. */
interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * Rows of CSV (RFC 4180) under the names of the first one, line by line. Where the rows have one field more than the
 * header, the header lacks the first name, as in files whose rows are numbered: it is called `row`.
 */
export const csvRows = ({ delimiter, numbers, longestLine }: RecordOptions) => {
  let names: readonly string[] | undefined;
  let isFirstRow = true;
  /** Lines of a row whose quoted field has not ended yet. */
  let open: Line[] = [];
  let openLength = 0;

  const recordOf = (fields: readonly string[], number: number): FileRecord | undefined => {
    if (!names) {
      names = fields.map((name) => name.trim());
      return undefined;
    }
    if (isFirstRow && fields.length === names.length + 1) names = ['row', ...names];
    isFirstRow = false;
    if (fields.length !== names.length)
      return { invalid: `line ${number} has ${fields.length} fields, the header has ${names.length}` };
    return { payload: Object.fromEntries(names.map((name, index) => [name, valueOf(fields[index]!, numbers)])) };
  };

  const fieldsOf = (text: string): readonly string[] =>
    text.includes('"') ? (parse(text, { delimiter, relax_column_count: true })[0] ?? []) : text.split(delimiter);

  const rowOf = (lines: readonly Line[]): FileRecord | undefined => {
    const { number } = lines[0]!;
    try {
      return recordOf(fieldsOf(lines.map(({ text }) => text).join('\n')), number);
    } catch (thrown) {
      return { invalid: `line ${number} is no CSV: ${(thrown as Error).message}` };
    }
  };

  /** A quote that nobody closes costs its own line, not those behind it. */
  const close = (): FileRecord[] => {
    const lines = open;
    open = [];
    openLength = 0;
    if (lines.length === 0) return [];
    const row = rowOf(lines);
    if (row && 'invalid' in row && lines.length > 1) return [row, ...lines.slice(1).flatMap(take)];
    return row ? [row] : [];
  };

  const take = (line: Line): FileRecord[] => {
    if (open.length === 0 && line.text.trim() === '') return [];
    const changesQuoting = countQuotes(line.text) % 2 === 1;
    const isOpen = changesQuoting !== open.length > 0;
    open.push(line);
    openLength += line.text.length;
    return isOpen && open.length < mostLines && openLength < longestLine ? [] : close();
  };

  return {
    line: (text: string, number: number): FileRecord[] => take({ text, number }),
    finish(): FileRecord[] {
      const records: FileRecord[] = [];
      while (open.length > 0) records.push(...close());
      return records;
    },
  };
};

const countQuotes = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count;
};

/** Numbers become numbers where that is exact: integers with more digits than a double holds stay texts. */
const valueOf = (text: string, numbers: boolean): unknown => {
  if (!numbers || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return text;
  const number = Number(text);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
};
