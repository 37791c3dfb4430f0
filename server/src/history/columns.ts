import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** Values of one flow by series, as short numbers, all for the same cells. */
export type Columns = ReadonlyMap<string, Uint16Array>;

/** A block holds no more than this of one flow, in bytes; what claims more is damaged. */
const mostBytes = 64 * 1024 ** 2;

/** Columns as bytes: their names, then how each value differs from the one before it. */
export const packColumns = async (columns: Columns): Promise<Buffer> => {
  const names = Buffer.from(JSON.stringify([...columns.keys()]));
  const bytes: number[] = [];
  writeNumber(bytes, names.length);
  const head = Buffer.from(bytes.splice(0));
  for (const column of columns.values()) {
    let before = 0;
    for (const value of column) {
      const difference = value - before;
      writeNumber(bytes, difference >= 0 ? difference * 2 : -difference * 2 - 1);
      before = value;
    }
  }
  return pack(Buffer.concat([head, names, Buffer.from(bytes)]));
};

/** The columns of `packColumns`, each with `cells` values. Rejects where the bytes are none. */
export const unpackColumns = async (packed: Buffer, cells: number): Promise<Map<string, Uint16Array>> => {
  const bytes = await unpack(packed, { maxOutputLength: mostBytes });
  const reader = { bytes, at: 0 };
  const length = readNumber(reader);
  const names = JSON.parse(bytes.toString('utf8', reader.at, reader.at + length)) as string[];
  reader.at += length;
  return new Map(names.map((name) => [name, readColumn(reader, cells)]));
};

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

const readColumn = (reader: Reader, cells: number): Uint16Array => {
  const column = new Uint16Array(cells);
  let before = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    const number = readNumber(reader);
    before += number % 2 === 0 ? number / 2 : -(number + 1) / 2;
    column[cell] = before;
  }
  return column;
};

/** Seven bits a byte, the low ones first; the eighth says that more follow. */
const writeNumber = (bytes: number[], number: number): void => {
  let rest = number;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
};

const readNumber = (reader: Reader): number => {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined || shift > 28) throw new RangeError('the block ends in the midst of a number');
    reader.at += 1;
    number |= (byte & 0x7f) << shift;
    if (byte <= 0x7f) return number;
  }
};
