import { FatalFault } from '../../../engine/fault.ts';
import { type Decoded, jsonsIn, noUtf8 } from '../../../component-kit/content/decoders.ts';
import { csvRows, type CsvOptions } from '../../../component-kit/content/csv.ts';
import { type Line, LineCutter, type LineOptions } from '../../../component-kit/content/cut-lines.ts';
import { bareJson, withoutMarks } from '../../../component-kit/content/marks.ts';
import type { FileRecord, LineReader } from '../../../component-kit/content/line-reader.ts';
import { jsonRecord, jsonRecords } from './json-records.ts';
import type { RecordReader } from './record-reader.ts';

export type Format = 'json_lines' | 'json' | 'csv' | 'text';

export interface RecordOptions extends LineOptions, Omit<CsvOptions, 'longestLine'> {
  readonly format: Format;
}

/** Reads records out of the bytes of a file. Empty lines hold none. */
export const recordReader = (options: RecordOptions): RecordReader => {
  if (options.format === 'json') return jsonRecords(options);
  const reader = readerOf({ ...options, format: options.format });
  /** Without its header nothing of a table can be named. */
  const needHeader = (why: string): void => {
    if (options.format === 'csv' && reader.names === undefined)
      throw new FatalFault(`the header, which names the columns, ${why}`);
  };
  const cutter = new LineCutter({
    ...options,
    tooLong() {
      needHeader('is longer than "max_line"');
      options.tooLong();
    },
  });
  const each = (line: Line): FileRecord[] => {
    const { text, bytes, number } = line;
    if (text === undefined) {
      needHeader(noUtf8);
      return [{ invalid: `line ${number} ${noUtf8}`, raw: bytes! }];
    }
    const clean = withoutMarks(text);
    return reader.line(clean === text ? line : { ...line, text: clean });
  };
  return {
    push: (chunk) => cutter.push(chunk).flatMap(each),
    finish() {
      const last = cutter.finish();
      return [...(last ? each(last) : []), ...reader.finish()];
    },
    release: () => reader.release(),
    get pending() {
      return cutter.pending + reader.waiting.reduce((sum, { length }) => sum + length, 0);
    },
    get lines() {
      return (reader.waiting[0]?.number ?? cutter.number + 1) - 1;
    },
    get isHolding() {
      return reader.waiting.length > 0;
    },
    get names() {
      return reader.names;
    },
  };
};

const readerOf = (options: RecordOptions & { readonly format: Exclude<Format, 'json'> }): LineReader => {
  switch (options.format) {
    case 'csv':
      return csvRows({ ...options, longestLine: options.longest });
    case 'text':
      return lineByLine(({ text, number }) => [{ payload: { line: text!, number } }]);
    case 'json_lines':
      return lineByLine(jsonLine);
  }
};

const lineByLine = (recordsOf: (line: Line) => FileRecord[]): LineReader => ({
  line: (line) => (line.text!.trim() === '' ? [] : recordsOf(line)),
  finish: () => [],
  release: () => [],
  waiting: [],
});

/** One JSON text, or several one after the other. */
const jsonLine = ({ text, number }: Line): FileRecord[] => {
  const decoded = jsonsIn(text!);
  return decoded.every(isMessage) ? [...decoded] : [jsonRecord(bareJson(text!), `line ${number}`, text!)];
};

const isMessage = (decoded: Decoded): decoded is Extract<Decoded, { payload: unknown }> => 'payload' in decoded;
