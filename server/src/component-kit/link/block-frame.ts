import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type BlockFacts, decodeMessages, encodeMessages, openBlock } from '../../engine/block.ts';
import type { Batch } from '../../engine/message.ts';
import { closes, LinkClosed } from './closes.ts';
import type { Compression } from './frames.ts';

/** A block as it came: the messages `total - count + 1` to `total` of its run. */
export interface LinkBlock extends BlockFacts {
  readonly messages: Batch;
}

/** A block as a guaranteed connection keeps it. */
type KeptBlock = BlockFacts & { readonly encoded: Uint8Array };

/**
 * A block is a binary frame: a byte that says how the rest is packed, then a line `<messages> <total> <CRC-32 of what
 * follows> <run>`, and the messages as they are kept, a line each.
 */
const packings: readonly Compression[] = ['none', 'deflate'];
const longestHead = 300;
const known = new Map<Compression, WeakMap<Uint8Array, { readonly run: string; readonly frame: Buffer }>>(
  packings.map((each) => [each, new WeakMap()]),
);

/**
 * The name of the source of a block. What comes after a part of the whole that somebody gets later has a source of its own:
 * within each, numbers only rise.
 */
export const sourceOf = (run: string, part: number): string => (run === '' || part === 0 ? run : `${run}@${part}`);

/** The frame for a block; made once for all receivers that want it packed alike. */
export const encodeFrame = (block: KeptBlock, compression: Compression): Buffer => {
  const frames = known.get(compression)!;
  const made = frames.get(block.encoded);
  if (made?.run === block.run) return made.frame;
  const { checksum, body } = openBlock(block.encoded);
  const frame = pack(block, { checksum, body, compression });
  frames.set(block.encoded, { run: block.run, frame });
  return frame;
};

/** The frame for the last messages of a block, those behind this total. */
export const encodeRest = (block: KeptBlock, since: number, compression: Compression): Buffer => {
  const { body, count, total } = openBlock(block.encoded);
  const { run } = block;
  const rest = decodeMessages(body, count).slice(since - (total - count));
  const lines = encodeMessages(rest);
  return pack({ count: rest.length, total, run }, { checksum: crc32(lines), body: lines, compression });
};

const pack = (
  { count, total, run }: BlockFacts,
  given: { readonly checksum: number; readonly body: Buffer; readonly compression: Compression },
): Buffer => {
  const head = Buffer.from(`${count} ${total} ${given.checksum} ${run}\n`);
  const packing = Buffer.from([packings.indexOf(given.compression)]);
  if (given.compression === 'none') return Buffer.concat([packing, head, given.body]);
  const packed = deflateRawSync(Buffer.concat([head, given.body]), { level: constants.Z_BEST_SPEED });
  return Buffer.concat([packing, packed]);
};

/**
 * Throws a LinkClosed where the bytes are not what `encodeFrame` made.
 *
 * @param mostBytes what it may be unpacked
 */
export const decodeFrame = (frame: Buffer, mostBytes: number): LinkBlock => {
  try {
    return decode(frame, mostBytes);
  } catch (thrown) {
    if (thrown instanceof LinkClosed) throw thrown;
    throw new LinkClosed(closes.badFrame, 'a block is not as it was sent');
  }
};

const decode = (frame: Buffer, mostBytes: number): LinkBlock => {
  const packing = packings[frame[0] ?? -1];
  if (packing === undefined) throw new LinkClosed(closes.badFrame, 'a block is packed in an unknown way');
  const rest = frame.subarray(1);
  const plain = packing === 'none' ? rest : inflateRawSync(rest, { maxOutputLength: mostBytes });
  const end = plain.subarray(0, longestHead).indexOf(0x0a);
  const [count, total, checksum, run] = plain.toString('latin1', 0, Math.max(0, end)).split(' ');
  const body = plain.subarray(end + 1);
  const numbers = [count, total, checksum].map(Number);
  const isWhole = end > 0 && run !== undefined && numbers.every(Number.isSafeInteger) && !/[,:]/.test(run);
  if (!isWhole || crc32(body) !== numbers[2] || numbers[0]! > numbers[1]!)
    throw new LinkClosed(closes.badFrame, 'a block is not as it was sent');
  return { messages: decodeMessages(body, numbers[0]!), count: numbers[0]!, total: numbers[1]!, run };
};
