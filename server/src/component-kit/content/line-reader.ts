import type { Line } from './cut-lines.ts';

/**
 * What a line holds, or why it cannot be used, with the line as it stood. `json` is the payload's text where it is known,
 * `time` when it was recorded, in milliseconds since 1970.
 */
export type FileRecord =
  | { readonly payload: unknown; readonly json?: string; readonly time?: number }
  | { readonly invalid: string; readonly raw: string | Uint8Array };

/** What the lines of a format mean. They hold text. */
export interface LineReader {
  line(line: Line): FileRecord[];
  finish(): FileRecord[];
  release(): FileRecord[];
  /** Lines that wait for others. */
  readonly waiting: readonly Line[];
  readonly names?: readonly string[] | undefined;
}
