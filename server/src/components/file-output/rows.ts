import { parse } from 'csv-parse/sync';
import type { Message } from '../../engine/message.ts';

/** Turns messages into the text of a file. */
export interface RowWriter {
  /** Stands at the beginning of every file; known once there was a row. */
  header(): string | undefined;
  row(message: Message): string;
  /** Takes over what stands at the beginning of a file. Returns whether rows fit below it. */
  continue(firstLine: string): boolean;
}

export const jsonLines = (): RowWriter => ({
  header: () => undefined,
  row: (message) => `${message.json}\n`,
  continue: () => true,
});

/** CSV of RFC 4180, with LF. Without columns, those of the file are taken, else the fields of the first message. */
export const csvRows = (columns: readonly string[]): RowWriter => {
  let names = columns;
  return {
    header: () => (names.length === 0 ? undefined : `${names.map(quoted).join(',')}\n`),
    row: ({ payload }) => {
      const fields =
        typeof payload === 'object' && payload !== null
          ? (payload as Readonly<Record<string, unknown>>)
          : { value: payload };
      if (names.length === 0) names = Object.keys(fields);
      return `${names.map((name) => quoted(textOf(Object.hasOwn(fields, name) ? fields[name] : undefined))).join(',')}\n`;
    },
    continue(firstLine) {
      const found = headerOf(firstLine);
      if (names.length === 0) names = found;
      return names.length > 0 && names.join('\n') === found.join('\n');
    },
  };
};

const headerOf = (line: string): readonly string[] => {
  try {
    return parse(line)[0] ?? [];
  } catch {
    return [];
  }
};

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
