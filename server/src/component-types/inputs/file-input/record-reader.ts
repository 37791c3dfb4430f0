import type { FileRecord } from '../../../component-kit/content/line-reader.ts';

/** Makes records of bytes, a piece at a time. */
export interface RecordReader {
  push(chunk: Buffer): readonly FileRecord[];
  /** What is left at the end of the file. */
  finish(): readonly FileRecord[];
  /** Takes as it is what waits for the rest of its row, though the lines are whole. */
  release(): readonly FileRecord[];
  /** What is whole of a file that ends too early, where more than a beginning may wait. */
  cutOff?(): readonly FileRecord[];
  /** Bytes at the end of what was handed in that are in no record yet. */
  readonly pending: number;
  /** Records of those bytes that were handed on all the same; none unless it says so. */
  readonly handedOn?: number;
  /** Lines before those bytes. */
  readonly lines: number;
  /** Whether whole lines wait for the rest of their row. */
  readonly isHolding: boolean;
  /** Names of columns, where the format has some and they are known. */
  readonly names: readonly string[] | undefined;
}
