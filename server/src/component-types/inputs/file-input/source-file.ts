import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { headBytes, openPacked, plainChunks, readAt, unpackedChunks } from '../../../component-kit/files/unpack.ts';
import { beforeBytes, type Place } from '../../../component-kit/files/place.ts';

export type Encoding = 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';

/** A file that is open for reading, and what its first bytes say. */
export interface SourceFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly stats: Stats;
  /** Device and inode. */
  readonly id: string;
  readonly head: Buffer;
  readonly isPacked: boolean;
  /** Undefined where the bytes are read as they are. */
  readonly utf16: 'utf-16le' | 'utf-16be' | undefined;
}

/** Opens a file. Rejects as `openPacked`. */
export const openSource = async (path: string, encoding: Encoding): Promise<SourceFile> => {
  const opened = await openPacked(path);
  return { ...opened, path, id: idOf(opened.stats), utf16: utf16Of(opened.head, encoding) };
};

export const idOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

const utf16Of = (head: Uint8Array, encoding: Encoding): SourceFile['utf16'] => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? encoding : undefined;
};

/** Whether reading can begin anywhere without reading all before. */
export const isSeekable = ({ isPacked, utf16 }: Pick<SourceFile, 'isPacked' | 'utf16'>): boolean =>
  !isPacked && utf16 === undefined;

/**
 * The bytes from an offset on, unpacked, and as UTF-8 where they are UTF-16. A piece is good until the next one is asked
 * for. `behind` is told of bytes behind the end of what is packed.
 */
export async function* chunksFrom(
  source: SourceFile,
  offset: number,
  { encoding, behind }: { readonly encoding: Encoding; readonly behind?: (bytes: number) => void },
): AsyncGenerator<Buffer> {
  const { handle, path, isPacked, utf16 } = source;
  if (isSeekable(source)) return yield* plainChunks(handle, offset);
  const bytes = isPacked ? unpackedChunks(handle, path, behind) : plainChunks(handle);
  let toSkip = offset;
  for await (const chunk of isPacked ? decoded(bytes, encoding) : fromUtf16(bytes, utf16!)) {
    const rest = chunk.subarray(Math.min(toSkip, chunk.length));
    toSkip -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

async function* decoded(chunks: AsyncGenerator<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done) return;
  const whole = async function* () {
    yield first.value;
    yield* chunks;
  };
  const utf16 = utf16Of(first.value, encoding);
  if (utf16) yield* fromUtf16(whole(), utf16);
  else yield* whole();
}

async function* fromUtf16(chunks: AsyncGenerator<Buffer>, utf16: 'utf-16le' | 'utf-16be'): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(utf16);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Whether the file is the one of a place, or a copy of it, and still holds what was read of it. */
export const holds = async (source: SourceFile, place: Place): Promise<boolean> => {
  const head = Buffer.from(place.head, 'base64');
  const start = source.isPacked && !startsWith(source.head, head) ? await unpackedHead(source) : source.head;
  if (!startsWith(start, head)) return false;
  if (!isSeekable(source)) return true;
  const before = Buffer.from(place.before, 'base64');
  if ((await source.handle.stat()).size < place.offset) return false;
  return (await readAt(source.handle, place.offset - before.length, before.length)).equals(before);
};

const startsWith = (bytes: Buffer, beginning: Buffer): boolean => bytes.subarray(0, beginning.length).equals(beginning);

const unpackedHead = async ({ handle, path }: SourceFile): Promise<Buffer> => {
  try {
    for await (const chunk of unpackedChunks(handle, path)) return Buffer.from(chunk.subarray(0, headBytes));
  } catch {
    // what cannot be unpacked is no copy
  }
  return Buffer.alloc(0);
};

/** What was read last, so that it is known what stands before a place. */
export const recentBytes = (known: Buffer) => {
  let recent = known;
  return {
    push(chunk: Buffer): void {
      recent =
        chunk.length >= keptBytes
          ? Buffer.from(chunk.subarray(-keptBytes))
          : Buffer.concat([recent, chunk]).subarray(-keptBytes);
    },
    /** The bytes before the last so many. */
    before(pending: number): Buffer {
      const end = Math.max(0, recent.length - pending);
      return recent.subarray(Math.max(0, end - beforeBytes), end);
    },
  };
};
const keptBytes = 4096;
