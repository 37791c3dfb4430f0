import { bytesOfMark } from '../../../component-kit/content/framing.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import type { TcpOutputConfig } from './tcp-output.definition.ts';

type Settings = Pick<
  TcpOutputConfig,
  'framing' | 'frame_end' | 'length_bytes' | 'length_order' | 'length_counts_itself' | 'frame_length'
>;

const [stx, etx] = [Buffer.from([2]), Buffer.from([3])];

/** What is sent of one message, as a frame. Throws an InvalidMessage where the receiver would take it for another, or for several. */
export const frameWriter = (settings: Settings): ((bytes: Buffer) => Buffer) => {
  const { framing } = settings;
  if (framing === 'none') return (bytes) => bytes;
  if (framing === 'length') return withLength(settings);
  if (framing === 'fixed') return filledUpTo(settings.frame_length);
  if (framing === 'stx_etx')
    return (bytes) => Buffer.concat([stx, without(without(bytes, stx, framing), etx, framing), etx]);
  const end = framing === 'end' ? bytesOfMark(settings.frame_end) : ends[framing];
  // a receiver of lines takes LF for an end whatever stands before it
  const forbidden = framing === 'crlf' ? ends.lines : end;
  return (bytes) => Buffer.concat([without(bytes, forbidden, framing), end]);
};

const ends = {
  lines: Buffer.from('\n'),
  crlf: Buffer.from('\r\n'),
  cr: Buffer.from('\r'),
  nul: Buffer.from('\0'),
} as const;

const without = (bytes: Buffer, mark: Buffer, framing: string): Buffer => {
  if (bytes.includes(mark))
    throw new InvalidMessage(`it holds what ends a frame ("framing" is "${framing}"): it would come as several`);
  return bytes;
};

const filledUpTo =
  (length: number) =>
  (bytes: Buffer): Buffer => {
    if (bytes.length > length)
      throw new InvalidMessage(`it takes ${bytes.length} bytes, and a frame has ${length} ("frame_length")`);
    return bytes.length === length ? bytes : Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
  };

const withLength = ({ length_bytes, length_order, length_counts_itself }: Settings): ((bytes: Buffer) => Buffer) => {
  const size = Number(length_bytes);
  const most = 2 ** (8 * size) - 1;
  return (bytes) => {
    const length = bytes.length + (length_counts_itself ? size : 0);
    if (length > most)
      throw new InvalidMessage(`it takes ${bytes.length} bytes, more than a length of ${size} bytes can tell`);
    const head = Buffer.alloc(size);
    if (length_order === 'big') head.writeUIntBE(length, 0, size);
    else head.writeUIntLE(length, 0, size);
    return Buffer.concat([head, bytes]);
  };
};
