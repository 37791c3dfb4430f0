import { parse } from 'csv-parse/sync';
import { LineSplitter } from '../lines.ts';

export type Format = 'json_lines' | 'csv' | 'text';

export interface RecordReader {
  push(chunk: Buffer): readonly FileRecord[];
  finish(): readonly FileRecord[];
}

/** What a line holds, or why it cannot be used. `json` is the payload's text where it is known. */
export type FileRecord = { readonly payload: unknown; readonly json?: string } | { readonly invalid: string };

export interface RecordOptions {
  readonly format: Format;
  readonly delimiter: string;
  readonly numbers: boolean;
  readonly longestLine: number;
  readonly tooLong: () => void;
}

/** Reads records out of the bytes of a file. */
export const recordReader = (options: RecordOptions): RecordReader => {
  const splitter = new LineSplitter(options.longestLine, options.tooLong);
  const read = options.format === 'csv' ? csvRows(options) : options.format === 'text' ? textLine : jsonLine;
  let number = 0;
  const each = (line: string): FileRecord[] => {
    number += 1;
    const record = line.trim() === '' ? undefined : read(line, number);
    return record ? [record] : [];
  };
  return {
    push: (chunk) => splitter.push(chunk).flatMap(each),
    finish: () => {
      const last = splitter.finish();
      return last === undefined ? [] : each(last);
    },
  };
};

const textLine = (line: string, number: number): FileRecord => ({ payload: { line, number } });

const jsonLine = (line: string, number: number): FileRecord => {
  try {
    return { payload: JSON.parse(line) as unknown, json: line.trim() };
  } catch (thrown) {
    return { invalid: `line ${number} is no JSON: ${(thrown as Error).message}` };
  }
};

/**
 * Rows under the names of the first line. Where the rows have more fields than the header, and all of them the same
 * number, the header lacks the first name, as in files whose rows are numbered: it is called `row`.
 */
const csvRows = ({ delimiter, numbers }: RecordOptions): ((line: string, number: number) => FileRecord | undefined) => {
  let names: readonly string[] | undefined;
  const fieldsOf = (line: string): readonly string[] => parse(line, { delimiter, relax_column_count: true })[0] ?? [];
  return (line, number) => {
    try {
      const fields = fieldsOf(line.replace(/^\uFEFF/, ''));
      if (!names) {
        names = fields.map((name) => name.trim());
        return undefined;
      }
      if (fields.length === names.length + 1 && number === 2) names = ['row', ...names];
      if (fields.length !== names.length)
        return { invalid: `line ${number} has ${fields.length} fields, the header has ${names.length}` };
      return { payload: Object.fromEntries(names.map((name, index) => [name, valueOf(fields[index]!, numbers)])) };
    } catch (thrown) {
      return { invalid: `line ${number} is no CSV: ${(thrown as Error).message}` };
    }
  };
};

const valueOf = (text: string, numbers: boolean): unknown => {
  if (!numbers || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return text;
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
};
