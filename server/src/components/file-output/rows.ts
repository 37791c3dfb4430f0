import type { Message } from '../../engine/message.ts';

/** Turns messages into the text of a file. `header` stands at the beginning of every file. */
export interface RowWriter {
  header(): string | undefined;
  row(message: Message): string;
}

export const jsonLines: RowWriter = { header: () => undefined, row: (message) => `${message.json}\n` };

/** CSV of RFC 4180, with LF. Without columns, the fields of the first message are the columns. */
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
  };
};

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
