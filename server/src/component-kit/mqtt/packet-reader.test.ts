import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { newPacketReader } from './packet-reader.ts';

const mostBytes = 1000;
const reading = () => {
  const found: unknown[] = [];
  const reader = newPacketReader({
    ...{ version: 5 as const, mostBytes },
    packet: (packet) => found.push(packet.cmd === 'publish' ? packet.payload.toString('latin1') : packet.cmd),
    tooLong: ({ topic, messageId, bytes }) => found.push([topic, messageId, bytes]),
  });
  return { found, push: (bytes: Buffer) => reader.push(bytes) };
};
const publish = (payload: string | Buffer, qos: 0 | 1 = 0): Packet => ({
  ...{ cmd: 'publish', topic: 'a/b', dup: false, retain: false, payload, qos },
  ...(qos === 1 && { messageId: 7 }),
});
const written = (...packets: Packet[]): Buffer =>
  Buffer.concat(packets.map((packet) => generate(packet, { protocolVersion: 5 })));

describe('packets', () => {
  const stream = written(
    { cmd: 'pingresp' },
    publish('first'),
    publish(Buffer.alloc(3000), 1),
    publish(''),
    publish('x'.repeat(900), 1),
    publish(Buffer.alloc(70_000)),
    { cmd: 'puback', messageId: 9, reasonCode: 0 },
  );
  const all = ['pingresp', 'first', ['a/b', 7, 3011], '', 'x'.repeat(900), ['a/b', undefined, 70_010], 'puback'];
  it('are the same wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 50 }), (cuts) => {
        const { found, push } = reading();
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        places.slice(1).forEach((end, index) => push(stream.subarray(places[index], end)));
        expect(found).toEqual(all);
      }),
      { numRuns: 300 },
    );
  });

  it('are the same where bytes come one by one', () => {
    const { found, push } = reading();
    for (let at = 0; at < stream.length; at += 1) push(stream.subarray(at, at + 1));
    expect(found).toEqual(all);
  });
});

describe('bytes that are no packets', () => {
  it.each([
    ['HTTP', Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), 'no packet begins like that'],
    ['a CONNECT, which only clients send', Buffer.from([0x10, 0x00]), 'no packet begins like that'],
    ['a SUBSCRIBE', Buffer.from([0x82, 0x00]), 'no packet begins like that'],
    ['a PUBACK with flags', Buffer.from([0x41, 0x02, 0, 1]), 'no packet begins like that'],
    ['zeros', Buffer.alloc(10), 'no packet begins like that'],
    ['a length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]), 'more than four bytes'],
    ['a huge SUBACK', Buffer.from([0x90, 0xff, 0xff, 0xff, 0x7f]), 'carries no message'],
    ['a message with QoS 3', Buffer.from([0x36, 0x05, 0, 1, 97, 0, 1]), 'QoS'],
    ['a topic that is longer than its packet', Buffer.from([0x30, 0x03, 0xff, 0xff, 97]), 'topic'],
  ])('are refused: %s', (_, bytes, sentence) => expect(() => reading().push(bytes)).toThrow(sentence));

  it('are refused or waited for, and nothing else happens, whatever they are', () => {
    const changed = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 });
    const base = written({ cmd: 'connack', sessionPresent: false, reasonCode: 0 }, publish('one', 1), publish('two'));
    fc.assert(
      fc.property(changed, fc.uint8Array({ maxLength: 60 }), (changes, tail) => {
        const bytes = Buffer.concat([base, tail]);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const { found, push } = reading();
        try {
          push(bytes);
        } catch (thrown) {
          expect((thrown as Error).message).toMatch(/\w/);
        }
        expect(found.length).toBeLessThanOrEqual(bytes.length / 2);
      }),
      { numRuns: 3000 },
    );
  });
});
