/** One file of an archive. */
export interface Part {
  readonly name: string;
  readonly data: Buffer;
}

/** What is read is no archive, or not a whole one; the message says how it shows. */
export class BrokenArchive extends Error {
  override readonly name = 'BrokenArchive';
}

const blockBytes = 512;
/** Larger parts are not made, and not read: they are held in memory one by one. */
export const mostPartBytes = 64 * 1024 ** 2;

/** The parts as a tar archive (POSIX ustar), which every `tar` can list and unpack. Names are 100 bytes at most. */
export async function* tarOf(parts: AsyncIterable<Part>, madeAt: Date): AsyncIterable<Buffer> {
  for await (const { name, data } of parts) {
    yield headerOf(name, data.length, madeAt);
    if (data.length > 0) yield data;
    const rest = data.length % blockBytes;
    if (rest > 0) yield Buffer.alloc(blockBytes - rest);
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** The parts of a tar archive in their order. Throws a BrokenArchive where it ends early or is something else. */
export async function* partsOf(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Part> {
  const source = new Reader(bytes);
  for (;;) {
    const header = await source.take(blockBytes);
    if (header.every((byte) => byte === 0)) return;
    const { name, size } = readHeader(header);
    const data = await source.take(size);
    const rest = size % blockBytes;
    if (rest > 0) await source.take(blockBytes - rest);
    yield { name, data };
  }
}

/** Where the fields of a header lie, by POSIX.1-1988. */
const field = { name: 0, mode: 100, owner: 108, group: 116, size: 124, time: 136, sum: 148, kind: 156, magic: 257 };

const headerOf = (name: string, size: number, madeAt: Date): Buffer => {
  const header = Buffer.alloc(blockBytes);
  if (Buffer.byteLength(name) > 100) throw new RangeError(`"${name}" is too long for a tar archive`);
  const octal = (at: number, value: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  header.write(name, field.name);
  octal(field.mode, 0o600, 7);
  octal(field.owner, 0, 7);
  octal(field.group, 0, 7);
  octal(field.size, size, 11);
  octal(field.time, Math.floor(madeAt.getTime() / 1000), 11);
  header.write('0', field.kind);
  header.write('ustar\x0000', field.magic, 'latin1');
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, field.sum, 'latin1');
  return header;
};

const readHeader = (header: Buffer): { name: string; size: number } => {
  const text = (at: number, length: number) => header.toString('utf8', at, at + length).replace(/\0[^]*$/, '');
  const size = Number.parseInt(text(field.size, 12), 8);
  const isSound = Number.parseInt(text(field.sum, 8), 8) === sumOf(header);
  if (!isSound || !(size >= 0)) throw new BrokenArchive('it is damaged, or no backup');
  // "0" is a file; links, folders and the like are what a backup never has
  if (header[field.kind] !== 0x30)
    throw new BrokenArchive(`"${text(field.name, 100)}" in it is no file: a backup has no links and no folders`);
  if (size > mostPartBytes) throw new BrokenArchive('it holds a part that is larger than a backup has');
  return { name: text(field.name, 100), size };
};

/** The sum of all bytes, where those of the sum itself count as spaces. */
const sumOf = (header: Buffer): number =>
  header.reduce((sum, byte, at) => sum + (at >= field.sum && at < field.sum + 8 ? 0x20 : byte), 0);

/** Hands out bytes in the pieces that are asked for. */
class Reader {
  private readonly source: AsyncIterator<Uint8Array>;
  private pieces: Uint8Array[] = [];
  private held = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Buffer> {
    while (this.held < length) {
      const { value, done } = await this.source.next();
      if (done) throw new BrokenArchive('it ends too early: a part of it is missing');
      this.pieces.push(value);
      this.held += value.length;
    }
    const all = Buffer.concat(this.pieces);
    this.pieces = [all.subarray(length)];
    this.held -= length;
    return all.subarray(0, length);
  }
}
