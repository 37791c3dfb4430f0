import { crc32 } from 'node:zlib';
import { decodeBlock, encodeBlock } from './block.ts';
import { readJson, writeJson } from './exact-number.ts';
import type { Change } from './kept-map.ts';
import type { Batch, Position } from './message.ts';
import type { Progress } from './origins.ts';

/** What a component has kept at one moment, and what it handed on for it: both or neither of it was. */
export interface StateRecord {
  /** Of which component type it is: another one can do nothing with it. */
  readonly type: string;
  /** Tells this state apart from one that was begun anew; numbers of records rise within it. */
  readonly start: string;
  readonly number: number;
  /** Whether the changes are all that is kept, and not what has changed since the record before. */
  readonly isWhole: boolean;
  /** By the name of the map. */
  readonly changes: Readonly<Record<string, readonly Change[]>>;
  /** How far the sources have come of which this was made. */
  readonly progress: readonly Progress[];
  /** And of which positions of sources that send again. */
  readonly positions: readonly Position[];
  /** What is handed on, by port. */
  readonly made: ReadonlyMap<string, Batch>;
}

/** These bytes are no part of a record, or not as they were written. */
export class DamagedRecord extends Error {
  override readonly name = 'DamagedRecord';
}

/** A record is a line of JSON, and a block for each port that something is handed on to. */
export const encodeRecord = ({ made, ...rest }: StateRecord): Buffer => {
  const blocks = [...made].map(([port, batch]) => ({ port, bytes: encodeBlock(batch, { total: 0, done: 0 }) }));
  const ports = blocks.map(({ port, bytes }) => [port, bytes.length]);
  return Buffer.concat([Buffer.from(`${writeJson({ ...rest, ports })}\n`), ...blocks.map(({ bytes }) => bytes)]);
};

export const decodeRecord = (bytes: Buffer): StateRecord => {
  const end = bytes.indexOf(0x0a);
  const { ports, ...rest } = readJson(bytes.toString('utf8', 0, end)) as Omit<StateRecord, 'made'> & {
    readonly ports: readonly (readonly [string, number])[];
  };
  const made = new Map<string, Batch>();
  let at = end + 1;
  for (const [port, length] of ports) {
    made.set(port, decodeBlock(bytes.subarray(at, at + length)).messages);
    at += length;
  }
  return { ...rest, made };
};

const firstWord = 'semstreams-state';
/** What the first line of a part takes at most, in bytes. */
const overheadBytes = 80;

/** A record in parts that a log takes, each `semstreams-state 1 <part> <parts> <CRC-32 of the rest>` on a line, and the rest. */
export const partsOfRecord = (record: Buffer, mostBytes: number): Buffer[] => {
  const size = Math.max(1, mostBytes - overheadBytes);
  const count = Math.max(1, Math.ceil(record.length / size));
  return Array.from({ length: count }, (_, index) => {
    const rest = record.subarray(index * size, (index + 1) * size);
    return Buffer.concat([Buffer.from(`${firstWord} 1 ${index + 1} ${count} ${crc32(rest)}\n`), rest]);
  });
};

/** One part of a record; throws a DamagedRecord where the bytes are none. */
export const readPart = (
  given: Uint8Array,
): { readonly part: number; readonly parts: number; readonly rest: Buffer } => {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const end = bytes.indexOf(0x0a);
  const [word, version, ...numbers] = bytes.toString('latin1', 0, Math.max(0, end)).split(' ');
  const [part, parts, checksum] = numbers.map(Number);
  if (word !== firstWord) throw new DamagedRecord('it does not begin like a part of a state');
  if (version !== '1') throw new DamagedRecord(`its format is ${version}, and this version knows 1`);
  const rest = bytes.subarray(end + 1);
  if (crc32(rest) !== checksum) throw new DamagedRecord('its checksum is wrong');
  return { part: part!, parts: parts!, rest };
};
