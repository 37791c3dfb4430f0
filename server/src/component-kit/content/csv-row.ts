/** The fields of a row, and whether its last quote has not ended yet. */
export interface SplitRow {
  readonly fields: readonly string[];
  readonly isOpen: boolean;
}

/** Where the quoted field that begins at `from` (behind its quote) ends, or -1. It is looked for up to `until`. */
export type EndOfQuoted = (text: string, from: number, delimiter: string, until: number) => number;

/** RFC 4180, with blanks around a quoted field. A quote with anything else behind it is a character of the field. */
export const splitRow = (text: string, delimiter: string): SplitRow => splitBy(quoteBeforeDelimiter, text, delimiter);

/** As `splitRow`, but a field whose quote ends before the field does is taken as it stands. */
export const splitLiterally = (text: string, delimiter: string): SplitRow => splitBy(nextQuote, text, delimiter);

/** Whether a line has a quote that is not doubled: only then it may end what a quote began on a line before. */
export const mayEndQuoted = (line: string): boolean => nextQuote(line, 0, '', line.length) >= 0;

const splitBy = (endOf: EndOfQuoted, text: string, delimiter: string): SplitRow => {
  if (!text.includes('"')) return { fields: text.split(delimiter), isOpen: false };
  const fields: string[] = [];
  let isOpen = false;
  for (let at = 0; at <= text.length;) {
    // behind the first quote that nothing ends no other ends, but for those that stand together with the one it begins with
    const until = isOpen ? endOfQuotes(text, skipBlanks(text, at, delimiter)) : text.length;
    const field = fieldAt(endOf, text, at, delimiter, until);
    fields.push(field.text);
    isOpen ||= field.kind === 'open';
    at = field.next;
  }
  return { fields, isOpen };
};

/** A field: where the one behind it begins (behind the end of the text where there is none), and what its quotes are. */
export interface Field {
  readonly text: string;
  readonly next: number;
  readonly kind: 'plain' | 'quoted' | 'open';
}

/** The field that begins at `at`. */
export const fieldAt = (
  endOf: EndOfQuoted,
  text: string,
  at: number,
  delimiter: string,
  until = text.length,
): Field => {
  const start = skipBlanks(text, at, delimiter);
  const isQuote = text[start] === '"';
  const end = isQuote ? endOf(text, start + 1, delimiter, until) : -1;
  if (end >= 0 && isEndOfField(text, end + 1, delimiter))
    return {
      text: text.slice(start + 1, end).replaceAll('""', '"'),
      next: skipBlanks(text, end + 1, delimiter) + 1,
      kind: 'quoted',
    };
  const next = text.indexOf(delimiter, at);
  const stop = next < 0 ? text.length : next;
  return { text: text.slice(at, stop), next: stop + 1, kind: isQuote && end < 0 ? 'open' : 'plain' };
};

/** The next quote that is not doubled. */
export const nextQuote: EndOfQuoted = (text, from, _, until) => {
  let at = text.indexOf('"', from);
  while (at >= 0 && at < until && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < until ? at : -1;
};

/** The next one that only the end of the field follows. */
export const quoteBeforeDelimiter: EndOfQuoted = (text, from, delimiter, until) => {
  let at = nextQuote(text, from, delimiter, until);
  while (at >= 0 && !isEndOfField(text, at + 1, delimiter)) at = nextQuote(text, at + 1, delimiter, until);
  return at;
};

const endOfQuotes = (text: string, from: number): number => {
  let at = from;
  while (text[at] === '"') at += 1;
  return at;
};

const isEndOfField = (text: string, from: number, delimiter: string): boolean => {
  const at = skipBlanks(text, from, delimiter);
  return at === text.length || text.startsWith(delimiter, at);
};

const skipBlanks = (text: string, from: number, delimiter: string): number => {
  let at = from;
  while ((text[at] === ' ' || text[at] === '\t') && text[at] !== delimiter) at += 1;
  return at;
};
