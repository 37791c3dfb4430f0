import { TextDecoder } from 'node:util';
import type { FilePreview, FileRow, ReadAs } from '@semstreams/contract';
import type { FileRecord } from '../component-kit/content/line-reader.ts';
import { DamagedFile, readAt } from '../component-kit/files/unpack.ts';
import { loadTypes } from '../component-kit/mavlink/load-dialect.ts';
import type { RecordReader } from '../component-types/inputs/file-input/record-reader.ts';
import { recordReader } from '../component-types/inputs/file-input/records.ts';
import { chunksFrom, openSource, type SourceFile } from '../component-types/inputs/file-input/source-file.ts';
import { tlogReader } from '../component-types/inputs/file-input/tlog-reader.ts';
import { writeJson } from '../engine/exact-number.ts';
import { Fault } from '../engine/fault.ts';
import { Message } from '../engine/message.ts';
import { fieldsOf, SeenFields } from '../engine/seen-fields.ts';
import { guessContent, guessEncoding, isRecording } from './guess-content.ts';

/** Unpacked bytes that are read of the beginning and of the end. */
const headBytes = 256 * 1024;
const tailBytes = 64 * 1024;
const mostRows = 50;
const mostLast = 10;
const longestRow = 4000;
const hexBytes = 256;

interface Asked {
  /** What people call it. */
  readonly shown: string;
  readonly dataDir: string;
}

/**
 * What a file holds, by its beginning and its end, read as `file_input` would. It takes the same memory and time however large
 * the file is, also unpacked. Rejects as `openSource`.
 */
export const previewOf = async (path: string, { shown, dataDir }: Asked): Promise<FilePreview> => {
  const source = await openSource(path, 'utf-8');
  try {
    const head = await beginningOf(source);
    const { size, mtime } = source.stats;
    const about = { path: shown, bytes: size, changed_at: mtime.toISOString(), is_packed: source.isPacked };
    const readAs = guessOf(head, source);
    if (!readAs) return { ...about, ...nothingRead(head.bytes), is_whole: head.isAll, ...problemOf(head.problem) };
    const { rows, names, isAll, problem = head.problem } = await rowsOf(head, readAs, dataDir);
    const isWhole = head.isAll && isAll;
    return {
      ...about,
      read_as: readAs,
      columns: columnsOf(rows),
      rows: rows.map(told),
      last_rows: isWhole ? [] : (await lastOf(source, readAs, names)).map(told),
      is_whole: isWhole,
      ...problemOf(problem),
    };
  } finally {
    await source.handle.close();
  }
};

interface Beginning {
  readonly bytes: Buffer;
  readonly isAll: boolean;
  readonly problem?: string;
}

const beginningOf = async (source: SourceFile): Promise<Beginning> => {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of chunksFrom(source, 0, { encoding: 'utf-8' })) {
      parts.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > headBytes) return { bytes: Buffer.concat(parts).subarray(0, headBytes), isAll: false };
    }
  } catch (thrown) {
    if (!(thrown instanceof DamagedFile)) throw thrown;
    return { bytes: Buffer.concat(parts), isAll: true, problem: thrown.message };
  }
  return { bytes: Buffer.concat(parts), isAll: true };
};

/** A text with a mark at its beginning came as UTF-8 already. */
const guessOf = ({ bytes, isAll }: Beginning, { utf16 }: SourceFile): ReadAs | undefined => {
  if (isRecording(bytes)) return { format: 'tlog', encoding: 'utf-8' };
  const encoding = guessEncoding(bytes);
  if (!encoding) return undefined;
  return { ...guessContent(new TextDecoder(encoding).decode(bytes), isAll), encoding: utf16 ?? encoding };
};

interface Rows {
  readonly rows: readonly FileRecord[];
  readonly names: readonly string[] | undefined;
  readonly isAll: boolean;
  readonly problem?: string;
}

const rowsOf = async ({ bytes, isAll }: Beginning, readAs: ReadAs, dataDir: string): Promise<Rows> => {
  const reader =
    readAs.format === 'tlog'
      ? tlogReader({
          types: await loadTypes({ dialect: 'all', definition: '' }, dataDir),
          badFrame: () => undefined,
          now: Date.now,
        })
      : readerOf(readAs, undefined);
  try {
    const begun = reader.push(asRead(bytes, readAs.encoding));
    const found = isAll ? [...begun, ...reader.finish()] : begun;
    return { rows: found.slice(0, mostRows), names: reader.names, isAll: found.length <= mostRows };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { rows: [], names: undefined, isAll: true, problem: thrown.message };
  }
};

const readerOf = (
  { format, encoding, delimiter = ',', decimal_comma: decimalComma = false, header }: ReadAs,
  names: readonly string[] | undefined,
): RecordReader =>
  recordReader({
    format: format as Exclude<ReadAs['format'], 'tlog'>,
    ...{ delimiter, decimalComma, numbers: true, texts: [], types: {}, skip: 0, skipBelow: 0, comment: '' },
    ...(header === 'none' && { given: [] }),
    longest: headBytes,
    tooLong: () => undefined,
    encoding: encoding === 'windows-1252' ? encoding : 'utf-8',
    ...{ before: 0, names, isBelowHeader: names !== undefined },
  });

const asRead = (bytes: Buffer, encoding: ReadAs['encoding']): Buffer =>
  encoding.startsWith('utf-16') && guessEncoding(bytes) === encoding
    ? Buffer.from(new TextDecoder(encoding).decode(bytes))
    : bytes;

/** The records of the last whole lines; none where only reading all before tells what they are. */
const lastOf = async (
  { handle, stats, isPacked }: SourceFile,
  readAs: ReadAs,
  names: readonly string[] | undefined,
): Promise<readonly FileRecord[]> => {
  const isByLine = ['csv', 'json_lines', 'text'].includes(readAs.format) && !readAs.encoding.startsWith('utf-16');
  if (isPacked || !isByLine) return [];
  const bytes = await readAt(handle, Math.max(0, stats.size - tailBytes), tailBytes);
  const reader = readerOf(readAs, names);
  try {
    return [...reader.push(bytes.subarray(bytes.indexOf(0x0a) + 1)), ...reader.finish()].slice(-mostLast);
  } catch {
    return []; // a line that is longer than what is read of the end
  }
};

const columnsOf = (rows: readonly FileRecord[]): FilePreview['columns'] => {
  const seen = new SeenFields();
  for (const row of rows)
    if ('payload' in row) seen.add(fieldsOf(new Message(row.payload, 0, 'preview', 1, {}), (text) => text));
  return seen.tell();
};

const told = (row: FileRecord): FileRow =>
  'payload' in row
    ? { payload: (row.json ?? writeJson(row.payload) ?? 'null').slice(0, longestRow) }
    : { problem: row.invalid.slice(0, longestRow) };

const nothingRead = (bytes: Buffer): Pick<FilePreview, 'columns' | 'rows' | 'last_rows' | 'hex'> => ({
  ...{ columns: [], rows: [], last_rows: [] },
  hex: bytes.subarray(0, hexBytes).toString('hex'),
});

const problemOf = (problem: string | undefined): Pick<FilePreview, 'problem'> =>
  problem === undefined ? {} : { problem };
