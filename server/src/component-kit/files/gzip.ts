import type { FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/** Why a gzip file could not be read to its end; the sentence goes on from the name of the file. */
export class GzipProblem extends Error {
  /** @param soundTo up to this place in the file all could be unpacked, where what follows is damaged */
  constructor(
    sentence: string,
    readonly soundTo?: number,
  ) {
    super(sentence);
  }
}

/** So many bytes of a file at a place, or fewer where it ends. */
type Read = (at: number, length: number) => Promise<Buffer>;

/** What is known of a member when it is unpacked. */
interface Member {
  crc: number;
  size: number;
  /** Place in the file behind its data. */
  end: number;
}

/** So much is unpacked at a time: at most a thousand times as much comes of it. */
const packedBytes = 4 * 1024;
const windowBytes = 64 * 1024;
const chunkBytes = 64 * 1024;
/** Header, checksum and size of a member: RFC 1952. */
const headerBytes = 10;
const trailerBytes = 8;
const longestHeader = 256 * 1024;
const magic = [0x1f, 0x8b, 8];
const flag = { headerCrc: 2, extra: 4, name: 8, comment: 16, unknown: 0xe0 } as const;

const cut = (): GzipProblem => new GzipProblem('is cut: it ends in the middle of the packed data');
const damaged = (why: string, soundTo?: number): GzipProblem =>
  new GzipProblem(`is damaged, or was cut: ${why}`, soundTo);

/**
 * What the members of a gzip file hold, one after the other, a piece at a time. Zeros between and behind them are padding.
 * `behind` is told how many other bytes follow the last one. Throws a GzipProblem behind what could be read.
 */
export async function* gunzipped(handle: FileHandle, behind: (bytes: number) => void): AsyncGenerator<Buffer> {
  const read = windowOf(handle);
  for (let at = 0; ;) {
    const member: Member = { crc: 0, size: 0, end: 0 };
    yield* unpackMember(read, at + (await headerLength(read, at)), member);
    const trailer = await read(member.end, trailerBytes);
    if (trailer.length < trailerBytes) throw cut();
    if (trailer.readUInt32LE(0) !== member.crc) throw damaged('its checksum does not fit');
    if (trailer.readUInt32LE(4) !== member.size % 2 ** 32) throw damaged('its length does not fit');
    at = await behindZeros(read, member.end + trailerBytes);
    const next = await read(at, magic.length);
    if (next.length === 0) return;
    if (next.some((byte, index) => byte !== magic[index])) return behind((await handle.stat()).size - at);
  }
}

/** Reads ahead, so that many small reads in a row are few of the file. */
const windowOf = (handle: FileHandle): Read => {
  let start = 0;
  let window = Buffer.alloc(0);
  return async (at, length) => {
    if (at < start || at + length > start + window.length) {
      const fresh = Buffer.alloc(Math.max(length, windowBytes));
      const { bytesRead } = await handle.read(fresh, 0, fresh.length, at);
      [start, window] = [at, fresh.subarray(0, bytesRead)];
    }
    return window.subarray(at - start, at - start + length);
  };
};

const headerLength = async (read: Read, at: number): Promise<number> => {
  const start = await read(at, headerBytes);
  if (start.length < headerBytes) throw cut();
  if (start[2] !== magic[2]) throw damaged('it is packed by a method that gzip does not have');
  const flags = start[3]!;
  if ((flags & flag.unknown) !== 0) throw damaged('its header has marks that gzip does not know');
  if (flags === 0) return headerBytes;
  const header = await read(at, longestHeader);
  let end = headerBytes;
  if (flags & flag.extra) end += 2 + (end + 2 <= header.length ? header.readUInt16LE(end) : 0);
  for (const text of [flag.name, flag.comment]) {
    if ((flags & text) === 0) continue;
    const nul = header.indexOf(0, end);
    end = nul < 0 ? Infinity : nul + 1;
  }
  if (flags & flag.headerCrc) end += 2;
  if (end <= header.length) return end;
  throw header.length === longestHeader ? damaged('its header does not end') : cut();
};

async function* unpackMember(read: Read, from: number, member: Member): AsyncGenerator<Buffer> {
  const take = (chunk: Buffer): Buffer => {
    member.crc = crc32(chunk, member.crc);
    member.size += chunk.length;
    return chunk;
  };
  try {
    for await (const chunk of inflated(read, from, member)) yield take(chunk);
  } catch (thrown) {
    if (!(thrown instanceof GzipProblem) || thrown.soundTo === undefined) throw thrown;
    // what was made of the piece in which the damage lies is not handed out: it comes byte by byte
    let toSkip = member.size;
    for await (const chunk of inflated(read, from, member, thrown.soundTo)) {
      const rest = chunk.subarray(Math.min(toSkip, chunk.length));
      toSkip -= chunk.length - rest.length;
      if (rest.length > 0) yield rest;
    }
  }
}

/** Unpacks the data of one member, from some place on byte by byte, and notes its end. */
async function* inflated(read: Read, from: number, member: Member, byteByByteFrom = Infinity): AsyncGenerator<Buffer> {
  const inflater = newInflater();
  try {
    for (let at = from; ;) {
      const most = at < byteByByteFrom ? Math.min(packedBytes, byteByByteFrom - at) : 1;
      const packed = await read(at, most);
      if (packed.length === 0) throw cut();
      at += packed.length;
      yield* await inflater.push(packed);
      if (inflater.problem) throw problemOf(inflater.problem, from + inflater.taken);
      if (!inflater.hasEnded) continue;
      member.end = from + inflater.taken;
      return;
    }
  } finally {
    inflater.close();
  }
}

const problemOf = (thrown: NodeJS.ErrnoException, soundTo: number): Error =>
  thrown.code === 'Z_DATA_ERROR' ? damaged(thrown.message, soundTo) : thrown;

/** Raw deflate. It notices its end when it gets bytes that it does not take. */
const newInflater = () => {
  const engine = createInflateRaw({ chunkSize: chunkBytes });
  let made: Buffer[] = [];
  let problem: Error | undefined;
  let hasEnded = false;
  let settle: () => void = () => undefined;
  engine.on('data', (chunk: Buffer) => made.push(chunk));
  engine.once('end', () => {
    hasEnded = true;
    settle();
  });
  engine.once('error', (thrown) => {
    problem = thrown;
    settle();
  });
  return {
    /** Resolves with what was made of a piece. */
    async push(packed: Buffer): Promise<Buffer[]> {
      await new Promise<void>((resolve) => {
        settle = resolve;
        engine.write(packed, () => resolve());
      });
      const chunks = made;
      made = [];
      return chunks;
    },
    get problem() {
      return problem;
    },
    get hasEnded() {
      return hasEnded;
    },
    /** How many bytes it took of what it was given. */
    get taken() {
      return engine.bytesWritten;
    },
    close: () => engine.destroy(),
  };
};

const behindZeros = async (read: Read, from: number): Promise<number> => {
  for (let at = from; ;) {
    const bytes = await read(at, windowBytes);
    const zeros = bytes.findIndex((byte) => byte !== 0);
    if (zeros >= 0) return at + zeros;
    if (bytes.length === 0) return at;
    at += bytes.length;
  }
};
