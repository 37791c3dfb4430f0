const stampLength = 8;

export interface TlogRecord {
  /** When it was recorded, in milliseconds since 1970. */
  readonly time: number;
  readonly frame: Uint8Array;
}

/**
 * The records of a `.tlog`: eight bytes of time (big-endian, microseconds since 1970), then one MAVLink frame. A record
 * that is cut at the end is left out.
 */
export const tlogRecords = (bytes: Buffer): TlogRecord[] => takeRecords(bytes).records;

/** Cuts a recording into records, a piece at a time. */
export class TlogCutter {
  private rest: Buffer = Buffer.alloc(0);

  /** Bytes at the end of what was handed in that are no whole record yet. */
  get pending(): number {
    return this.rest.length;
  }

  push(chunk: Buffer): TlogRecord[] {
    // a copy: frames are looked at later, and the chunk may be used again
    const { records, rest } = takeRecords(Buffer.concat([this.rest, chunk]));
    this.rest = rest;
    return records;
  }
}

const takeRecords = (bytes: Buffer): { readonly records: TlogRecord[]; readonly rest: Buffer } => {
  const records: TlogRecord[] = [];
  let at = 0;
  while (at + stampLength + 3 <= bytes.length) {
    const start = at + stampLength;
    const length = frameLength(bytes, start);
    if (length === undefined) {
      at = nextRecord(bytes, at + 1);
      continue;
    }
    if (start + length > bytes.length) break;
    records.push({ time: Number(bytes.readBigUInt64BE(at) / 1000n), frame: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return { records, rest: bytes.subarray(at) };
};

const frameLength = (bytes: Buffer, at: number): number | undefined => {
  if (bytes[at] === 0xfe) return bytes[at + 1]! + 8;
  if (bytes[at] === 0xfd) return bytes[at + 1]! + 12 + ((bytes[at + 2]! & 1) === 0 ? 0 : 13);
  return undefined;
};

/** Where the next frame begins in a damaged file, less its stamp; where none does, the bytes that may be a stamp are left. */
const nextRecord = (bytes: Buffer, from: number): number => {
  for (let at = from; at + stampLength < bytes.length; at += 1)
    if (bytes[at + stampLength] === 0xfe || bytes[at + stampLength] === 0xfd) return at;
  return Math.max(from, bytes.length - stampLength);
};
