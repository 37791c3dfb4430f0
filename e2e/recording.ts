import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

const data = join(import.meta.dirname, '..', 'examples', 'data');

/** Bytes of a recorded vehicle link, as they came over the line. */
export const recording = (name: string): Buffer => gunzipSync(readFileSync(join(data, 'mavlink', `${name}.gz`)));

/** What was counted in a recording by other programs than ours. */
export const groundTruth = <Truth>(name: string): Truth =>
  JSON.parse(readFileSync(join(data, 'expected', `${name}.json`), 'utf8')) as Truth;

export interface GlobalPosition {
  readonly time_boot_ms: number;
  readonly lat: number;
  readonly lon: number;
  readonly relative_alt: number;
}

/** `GLOBAL_POSITION_INT` of the MAVLink 2 frames of an undamaged recording, read as the public definition lays it out. */
export const globalPositions = (bytes: Buffer): GlobalPosition[] => {
  const [start, header, checksum, messageId, length] = [0xfd, 10, 2, 33, 28];
  const found: GlobalPosition[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] !== start) {
      at += 1;
      continue;
    }
    const size = bytes[at + 1]!;
    if (bytes.readUIntLE(at + 7, 3) === messageId) {
      // zeros at the end of a payload are not sent
      const payload = Buffer.alloc(length);
      bytes.copy(payload, 0, at + header, at + header + size);
      found.push({
        time_boot_ms: payload.readUInt32LE(0),
        lat: payload.readInt32LE(4),
        lon: payload.readInt32LE(8),
        relative_alt: payload.readInt32LE(16),
      });
    }
    at += header + size + checksum;
  }
  return found;
};

const datagram = 1024;
/** Bytes that may wait in the receiver's socket: far below what the system allows. */
const mostWaiting = 32 * 1024;

/** Sends bytes to a UDP port of this machine as fast as its reader takes them, so that the system drops none. */
export const sendByUdp = async (bytes: Buffer, port: number): Promise<void> => {
  const socket = createSocket('udp4');
  for (let at = 0; at < bytes.length; at += datagram) {
    while (socketOf(port).waiting > mostWaiting) await sleep(1);
    await new Promise<void>((resolve, reject) =>
      socket.send(bytes.subarray(at, at + datagram), port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
  }
  socket.close();
};

/** Datagrams that the system dropped in front of the reader of this port. */
export const droppedBySystem = (port: number): number => socketOf(port).dropped;

/** What proc(5) says of the UDP socket that listens on a port. */
const socketOf = (port: number): { waiting: number; dropped: number } => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const line = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find((each) => each.trim().split(/\s+/)[1]?.endsWith(`:${hex}`));
  if (!line) throw new Error(`nobody listens on UDP port ${port}`);
  const fields = line.trim().split(/\s+/);
  return { waiting: Number.parseInt(fields[4]!.split(':')[1]!, 16), dropped: Number(fields.at(-1)) };
};
