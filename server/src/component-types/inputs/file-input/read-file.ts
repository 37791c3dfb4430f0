import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalFault } from '../../../engine/fault.ts';
import { whyNoFile } from '../../../component-kit/files/data-files.ts';
import { DamagedFile, headBytes } from '../../../component-kit/files/unpack.ts';
import type { Place } from '../../../component-kit/files/place.ts';
import type { Beginning, Progress } from './progress.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './record-reader.ts';
import {
  chunksFrom,
  type Encoding,
  holds,
  idOf,
  isSeekable,
  openSource,
  recentBytes,
  type SourceFile,
} from './source-file.ts';

/** How often a file that cannot be read further is looked at, in milliseconds. */
const lookAgainMs = 1000;

export interface Reading {
  readonly path: string;
  readonly encoding: Encoding;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** A reader for what stands behind a beginning. */
  readonly newReader: (beginning: Pick<Beginning, 'offset' | 'lines' | 'names'>) => RecordReader;
  /** Whether the first line holds names. */
  readonly hasNames: boolean;
  readonly report: (state: 'running' | 'waiting', sentence: string) => void;
  /** Whether the record behind those that are handed on is needed. */
  readonly looksAhead?: boolean;
  /** Is told how many bytes behind the end of what is packed were passed over. */
  readonly behind: (bytes: number) => void;
}

/** Resolves with whether all was handed on. `next` is the record behind them, where it looks ahead and there is one. */
type Take = (records: readonly FileRecord[], next: FileRecord | undefined) => Promise<boolean>;

/**
 * Reads a file to its end, from the place up to which it was handed on before. A packed one that is cut or damaged is said,
 * and read on when it has changed. Resolves with whether there was anything to read. Rejects with a FatalFault where it cannot.
 */
export const readOnce = async (reading: Reading, known: Place | undefined, take: Take): Promise<boolean> => {
  const { path, signal, progress, report } = reading;
  for (let place = known; ; place = progress.present) {
    const source = await openSource(path, reading.encoding).catch((thrown: unknown) => {
      throw faultOf(thrown, path);
    });
    try {
      return await readThrough(source, place, { ...reading, take });
    } catch (thrown) {
      if (!(thrown instanceof DamagedFile)) throw faultOf(thrown, path);
      report(
        'waiting',
        `${thrown.message}; ${progress.records} records were read, and it goes on when the file changes`,
      );
    } finally {
      await source.handle.close();
    }
    if (!(await hasChanged(source, signal))) return true;
  }
};

/** Reads what of an open file was not read before, once. Resolves with whether there was any. Throws what the file throws. */
export const readThrough = async (
  source: SourceFile,
  place: Place | undefined,
  reading: Reading & { readonly take: Take },
): Promise<boolean> => {
  const { signal, progress } = reading;
  const start = await whereToBegin(source, place);
  if (start === undefined) return false;
  await progress.begin(start);
  await readFrom(source, start, reading);
  if (!signal.aborted) await progress.ended((await source.handle.stat()).size);
  return true;
};

/** Reads from a beginning to the end of the file as it is then. Throws what the file throws. */
export const readFrom = async (
  source: SourceFile,
  start: Beginning,
  { take, ...reading }: Reading & { readonly take: Take },
): Promise<void> => {
  const { signal, progress, looksAhead } = reading;
  /** Where it looks ahead, a piece waits for the first record of the next one. */
  let held: Piece | undefined;
  const handOn = async (piece: Piece, next: FileRecord | undefined): Promise<boolean> => {
    if (!(await take(piece.records, next))) return false;
    progress.settle(piece.behind);
    return true;
  };
  try {
    for await (const piece of piecesOf(source, start, reading)) {
      if (!looksAhead) {
        if (!(await handOn(piece, undefined))) return;
      } else if (!held || piece.records.length > 0) {
        if (held && !(await handOn(held, piece.records[0]))) return;
        held = piece;
      }
      if (signal.aborted) return;
    }
  } catch (thrown) {
    if (held && thrown instanceof DamagedFile) await handOn(held, undefined);
    throw thrown;
  }
  if (held) await handOn(held, undefined);
};

/** Records that were read together, and the place behind them. */
interface Piece {
  readonly records: readonly FileRecord[];
  readonly behind: Place;
}

async function* piecesOf(
  source: SourceFile,
  start: Beginning,
  { progress, encoding, newReader, behind }: Reading,
): AsyncGenerator<Piece> {
  const reader = newReader(start);
  const recent = recentBytes(Buffer.from(start.before, 'base64'));
  let read = start.offset;
  const pieceOf = (found: readonly FileRecord[]): Piece => {
    const records = progress.fresh(found);
    const before = isSeekable(source) ? recent.before(reader.pending).toString('base64') : '';
    return { records, behind: progress.behind(reader, { head: start.head, before, read }) };
  };
  try {
    for await (const chunk of chunksFrom(source, start.offset, { encoding, behind })) {
      read += chunk.length;
      recent.push(chunk);
      yield pieceOf(reader.push(chunk));
    }
  } catch (thrown) {
    if (thrown instanceof DamagedFile && reader.cutOff) yield pieceOf(reader.cutOff());
    throw thrown;
  }
  yield pieceOf(reader.finish());
}

/** Undefined where the file was read to its end before. */
const whereToBegin = async (source: SourceFile, place: Place | undefined): Promise<Beginning | undefined> => {
  const { id, head, stats } = source;
  if (!place || place.file === '') return startOf(source);
  if (await holds(source, place)) {
    if (place.readToEnd === stats.size) return undefined;
    return { ...place, file: id, head: head.toString('base64') };
  }
  // the same file, only shorter: what it still holds was handed on
  const isCut = place.file === id && stats.size < place.offset && stats.size > 0 && isPrefix(head, place.head);
  return isCut ? undefined : startOf(source);
};

/** The beginning of a file. */
export const startOf = ({ id, head }: Pick<SourceFile, 'id' | 'head'>): Beginning => ({
  file: id,
  head: head.toString('base64'),
  before: '',
  offset: 0,
  skip: 0,
  lines: 0,
});

const isPrefix = (head: Buffer, known: string): boolean =>
  Buffer.from(known, 'base64').subarray(0, Math.min(head.length, headBytes)).equals(head);

/** Resolves when the file is another one, or has grown; with false when it is time to stop. */
const hasChanged = async ({ path, stats }: SourceFile, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    await sleep(lookAgainMs, undefined, { signal }).catch(() => undefined);
    const found = await stat(path).catch(() => undefined);
    if (found && (idOf(found) !== idOf(stats) || found.size !== stats.size || found.mtimeMs !== stats.mtimeMs))
      return true;
  }
  return false;
};

/** What the file throws becomes a sentence; what becomes of its records is not its fault. */
export const faultOf = (thrown: unknown, path: string): unknown =>
  (thrown as NodeJS.ErrnoException).syscall === undefined || thrown instanceof FatalFault
    ? thrown
    : new FatalFault(whyNoFile(thrown, path), { cause: thrown });
