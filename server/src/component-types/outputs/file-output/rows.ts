import { parse } from 'csv-parse/sync';
import { cellText, columnReader, rowText } from '../../../component-kit/content/csv-text.ts';
import type { Message } from '../../../engine/message.ts';

/** Turns messages into the text of a file. */
export interface RowWriter {
  /** Stands at the beginning of every file; known once there was a row. */
  header(): string | undefined;
  row(message: Message): string;
  /** Takes over what stands at the beginning of a file. Returns whether rows fit below it. */
  continue(beginning: string): boolean;
  /** Takes up fields that have no column yet. Returns whether the header has changed by that. */
  widen(batch: readonly Message[]): boolean;
  /** The text of a file under the header as it is now. */
  rewrite(content: string): string;
  /** Whether a last line without an end is one that was not wholly written. */
  isTorn(line: string): boolean;
}

export const jsonLines = (): RowWriter => ({
  header: () => undefined,
  row: (message) => `${message.json}\n`,
  continue: () => true,
  widen: () => false,
  rewrite: (content) => content,
  isTorn: (line) => {
    try {
      JSON.parse(line);
      return false;
    } catch (thrown) {
      // what is no JSON at all was not written here
      return /^Unexpected end|^Unterminated/.test((thrown as Error).message);
    }
  },
});

/** Columns that a file gets by itself; more are a sign that the names are data. */
const mostColumns = 1000;

/**
 * CSV of RFC 4180, with LF. Without columns, those of the file are taken and the fields of the first message, and fields
 * that come later become further columns.
 */
export const csvRows = (columns: readonly string[], delimiter = ','): RowWriter => {
  const { lineOf, headerOf } = tableOf(delimiter);
  let names = columns;
  let known = new Set(names);
  let reads = names.map(columnReader);
  const take = (found: readonly string[]): void => {
    names = found;
    known = new Set(names);
    reads = names.map(columnReader);
  };
  return {
    header: () => (names.length === 0 ? undefined : lineOf(names)),
    row: ({ payload }) => {
      const fields = fieldsOf(payload);
      return lineOf(reads.map((read) => cellText(read(fields))));
    },
    continue(beginning) {
      const found = headerOf(beginning);
      if (columns.length === 0 && found.length > 0) take([...found, ...names.filter((name) => !found.includes(name))]);
      return found.length > 0 && JSON.stringify(names) === JSON.stringify(found);
    },
    widen(batch) {
      if (columns.length > 0) return false;
      const before = names.length;
      const found = new Set<string>();
      for (const { payload } of batch)
        for (const name of Object.keys(fieldsOf(payload))) if (!known.has(name)) found.add(name);
      if (found.size > 0) take([...names, ...found].slice(0, Math.max(mostColumns, before)));
      return names.length > before && before > 0;
    },
    rewrite(content) {
      const rows = (parse(content, { delimiter, relax_column_count: true }) as string[][]).slice(1);
      return [names, ...rows].map((row) => lineOf(names.map((_, index) => row[index] ?? ''))).join('');
    },
    isTorn: (line) => {
      try {
        const [fields = []] = parse(line, { delimiter }) as string[][];
        return names.length > 0 && fields.length < names.length;
      } catch {
        return true;
      }
    },
  };
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (payload: unknown): Fields =>
  typeof payload === 'object' && payload !== null ? (payload as Fields) : { value: payload };

/** How rows are written and a header is read. */
const tableOf = (delimiter: string) => ({
  lineOf: (texts: readonly string[]): string => `${rowText(texts, delimiter)}\n`,
  headerOf: (beginning: string): readonly string[] => {
    try {
      return (parse(beginning, { delimiter, to: 1, relax_column_count: true }) as string[][])[0] ?? [];
    } catch {
      return [];
    }
  },
});
