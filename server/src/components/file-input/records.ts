import { csvRows } from './csv.ts';
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

/** What the lines of a format mean. */
interface Lines {
  line(text: string, number: number): FileRecord[];
  finish(): FileRecord[];
}

/** Reads records out of the bytes of a file. Empty lines hold none. */
export const recordReader = (options: RecordOptions): RecordReader => {
  const splitter = new LineSplitter(options.longestLine, options.tooLong);
  const lines = linesOf(options);
  let number = 0;
  const each = (text: string): FileRecord[] => {
    number += 1;
    return lines.line(number === 1 ? text.replace(/^\uFEFF/, '') : text, number);
  };
  return {
    push: (chunk) => splitter.push(chunk).flatMap(each),
    finish: () => {
      const last = splitter.finish();
      return [...(last === undefined ? [] : each(last)), ...lines.finish()];
    },
  };
};

const linesOf = (options: RecordOptions): Lines => {
  switch (options.format) {
    case 'csv':
      return csvRows(options);
    case 'text':
      return { line: (line, number) => (line.trim() === '' ? [] : [{ payload: { line, number } }]), finish: () => [] };
    case 'json_lines':
      return { line: (line, number) => (line.trim() === '' ? [] : [jsonLine(line.trim(), number)]), finish: () => [] };
  }
};

const jsonLine = (json: string, number: number): FileRecord => {
  try {
    return { payload: JSON.parse(json) as unknown, json };
  } catch (thrown) {
    return { invalid: `line ${number} is no JSON: ${(thrown as Error).message}` };
  }
};
