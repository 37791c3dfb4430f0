import { type Packet, parser } from 'mqtt-packet';

/** A PUBLISH that was too long to be kept: what its beginning says. */
export interface LongPublish {
  readonly topic: string;
  readonly qos: number;
  /** Where it wants an answer. */
  readonly messageId: number | undefined;
  readonly bytes: number;
}

export interface PacketReader {
  /** Takes bytes as they come. Throws where they are no MQTT. */
  push(chunk: Buffer): void;
}

/** Of what is too long so much is kept, in bytes: the longest topic and what stands around it. */
const keptHead = 66_000;
/** A fixed header has a byte, and a length in four more: MQTT 5.0, section 2.1.4. */
const mostLengthBytes = 4;
const publish = 3;
/** What may stand first in a packet of a broker that is no PUBLISH: kind and flags, MQTT 5.0, section 2.1.3. */
const firstBytes: ReadonlySet<number> = new Set([0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xb0, 0xd0, 0xe0, 0xf0]);
/** What carries no message is never larger, in bytes. */
const mostOther = 256 * 1024;

/**
 * Cuts a stream into packets and reads them. A PUBLISH of more than `mostBytes` is read to its end and thrown away, so that the
 * line lives on; anything else of that size is no MQTT that one has to take.
 */
export const newPacketReader = (options: {
  readonly version: 4 | 5;
  readonly mostBytes: number;
  readonly packet: (packet: Packet) => void;
  readonly tooLong: (publish: LongPublish) => void;
}): PacketReader => {
  const { version, mostBytes, packet, tooLong } = options;
  const read = parser({ protocolVersion: version });
  let problem: Error | undefined;
  read.on('packet', packet);
  read.on('error', (thrown: Error) => (problem ??= thrown));
  let parts: Buffer[] = [];
  let bytes = 0;
  /** From so many bytes on it is worth to look. */
  let wanted = 2;
  let skipping: { readonly head: Buffer[]; kept: number; left: number; readonly whole: number } | undefined;

  const skip = (chunk: Buffer): Buffer => {
    const { head, kept, left, whole } = skipping!;
    const taken = chunk.subarray(0, left);
    if (kept < keptHead) head.push(taken.subarray(0, keptHead - kept));
    skipping!.kept += taken.length;
    skipping!.left -= taken.length;
    if (skipping!.left === 0) {
      skipping = undefined;
      tooLong(longPublishIn(Buffer.concat(head), whole));
    }
    return chunk.subarray(taken.length);
  };

  /** Pieces grow together, so that bytes that come one by one take no more room than one piece. */
  const add = (fresh: Buffer): void => {
    parts.push(fresh);
    while (parts.length > 1 && parts.at(-1)!.length >= parts.at(-2)!.length)
      parts.push(Buffer.concat(parts.splice(-2)));
  };

  const cut = (buffer: Buffer): Buffer => {
    let rest = buffer;
    wanted = 2;
    while (rest.length >= 2) {
      const isPublish = rest[0]! >> 4 === publish;
      if (!isPublish && !firstBytes.has(rest[0]!)) throw new Error('no packet begins like that');
      const size = sizeOf(rest);
      if (size === undefined) {
        wanted = rest.length + 1;
        return rest;
      }
      if (!isPublish && size > mostOther) throw new Error(`a packet of ${size} bytes that carries no message`);
      if (size > mostBytes) {
        skipping = { head: [], kept: 0, left: size, whole: size };
        rest = skip(rest);
        if (skipping) return rest;
        continue;
      }
      if (rest.length < size) {
        wanted = size;
        return rest;
      }
      read.parse(rest.subarray(0, size));
      if (problem) throw problem;
      rest = rest.subarray(size);
    }
    return rest;
  };

  return {
    push(chunk) {
      const fresh = skipping ? skip(chunk) : chunk;
      if (fresh.length === 0) return;
      add(fresh);
      bytes += fresh.length;
      if (bytes < wanted) return;
      const rest = cut(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
      parts = rest.length === 0 ? [] : [rest];
      bytes = rest.length;
    },
  };
};

/** How long the packet is that begins here, header and all; undefined where that has not come yet. */
const sizeOf = (buffer: Buffer): number | undefined => {
  let length = 0;
  for (let at = 0; at < mostLengthBytes; at += 1) {
    const byte = buffer[at + 1];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** at;
    if (byte < 0x80) return at + 2 + length;
  }
  throw new Error('the length of a packet has more than four bytes');
};

const longPublishIn = (head: Buffer, bytes: number): LongPublish => {
  const lengthBytes = head.subarray(1).findIndex((byte) => byte < 0x80) + 1;
  const at = 1 + lengthBytes;
  const end = at + 2 + head.readUInt16BE(at);
  const qos = (head[0]! >> 1) & 3;
  return {
    topic: head.toString('utf8', at + 2, end),
    qos,
    messageId: qos === 0 ? undefined : head.readUInt16BE(end),
    bytes,
  };
};
