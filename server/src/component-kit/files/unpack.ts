import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { FatalFault } from '../../engine/fault.ts';
import { GzipProblem, gunzipped } from './gzip.ts';
import { openToRead } from './open-file.ts';

/** How a file is packed, by its first bytes. */
export type Packing = 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'zip' | 'lz4' | '7-Zip' | 'compress';

const beginnings: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['compress', [0x1f, 0x9d]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
];

/** What the first bytes of a file say, whatever its name is. Undefined where it is not packed. */
export const packingOf = (head: Uint8Array): Packing | undefined =>
  beginnings.find(([, bytes]) => bytes.every((byte, at) => head[at] === byte))?.[0];

/** Bytes of the beginning of a file by which it is known again. */
export const headBytes = 256;

export interface PackedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
  /** The first bytes as they are. */
  readonly head: Buffer;
  /** Whether gzip has packed it. */
  readonly isPacked: boolean;
}

/** Opens a file for reading. Rejects as `open` of Node does, or with a FatalFault for what is no ordinary file or packed in another way than gzip. */
export const openPacked = async (path: string): Promise<PackedFile> => {
  const { handle, stats } = await openToRead(path);
  try {
    const head = await readAt(handle, 0, headBytes);
    const packing = packingOf(head);
    if (packing !== undefined && packing !== 'gzip')
      throw new FatalFault(`"${path}" is packed with ${packing}: unpack it, or pack it with gzip`);
    if (packing === undefined && path.endsWith('.gz') && head.length > 0)
      throw new FatalFault(`"${path}" is no gzip file, whatever its name says`);
    return { handle, stats, head, isPacked: packing === 'gzip' };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
};

export const readAt = async (handle: FileHandle, at: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
};

/** A packed file that ends too early, or is damaged: what could be read of it was given before. */
export class DamagedFile extends FatalFault {}

const chunkBytes = 64 * 1024;

/** The bytes of a file from a place on, a piece at a time. A piece is good until the next one is asked for. */
export async function* plainChunks(handle: FileHandle, from = 0): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = from; ;) {
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The unpacked bytes of a gzip file, a piece at a time: however large it is unpacked, no more than some megabytes are in
 * memory. `behind` is told how many bytes follow the packed data that are neither packed nor padding. Throws a `DamagedFile`
 * behind what could be read.
 */
export async function* unpackedChunks(
  handle: FileHandle,
  path: string,
  behind: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
  try {
    yield* gunzipped(handle, behind);
  } catch (thrown) {
    throw thrown instanceof GzipProblem ? new DamagedFile(`"${path}" ${thrown.message}`, { cause: thrown }) : thrown;
  }
}
