/** What takes the records that a content holds, and what is none of them. */
export interface Harvest {
  /** @param size about how many characters it takes as JSON */
  record(payload: unknown, size: number): void;
  /** @param sentence why it is no record, with its place @param raw as it stood */
  refuse(sentence: string, raw: string): void;
}

/** Beginning of a line, and its number from 1. */
export interface LineStart {
  readonly line: number;
  readonly start: number;
}

/** Where a character stands, for people; looked for behind the beginning of a line that stands before it. */
export const placeOf = (text: string, at: number, from: LineStart = { line: 1, start: 0 }): string => {
  let { line, start } = from;
  for (let end = text.indexOf('\n', start); end >= 0 && end < at; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return `line ${line}, column ${at - start + 1}`;
};
