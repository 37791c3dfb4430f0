import { expect, it } from 'vitest';
import { messagesOf } from './dialects.ts';
import { TlogCutter } from './tlog.ts';

const heartbeats = [
  'fd090000000101000000000000000203510403e71e',
  'fd090000010101000000000000000203510403f790',
  'fd090000020101000000000000000203510403d60a',
].map((hex) => Buffer.from(hex, 'hex'));
/** A TUNNEL with sequence 8 that carries a whole heartbeat with sequence 99. */
const carrier = Buffer.from(
  `fd850000080101810100000001011e0101010101fd090000630101000000000000000203510403c559${'02'.repeat(102)}e2c5`,
  'hex',
);
const start = 1_700_000_000_000;
const stamp = (seconds: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(start + seconds * 1000) * 1000n);
  return bytes;
};

/** Sequence and seconds of each record, read in pieces of so many bytes. */
const recordsOf = (bytes: Buffer, piece = bytes.length) => {
  const types = messagesOf('all');
  const cutter = new TlogCutter({ crcExtra: (id) => types.get(id)?.crcExtra, refused: () => {}, skipped: () => {} });
  const found: [number, number | undefined][] = [];
  const take = (records: ReturnType<TlogCutter['finish']>) => {
    for (const { time, frame } of records)
      found.push([frame.sequence, time === undefined ? undefined : (time - start) / 1000]);
  };
  for (let at = 0; at < bytes.length; at += piece) take(cutter.push(bytes.subarray(at, at + piece)));
  take(cutter.finish());
  return found;
};

it.each([1, 2, 3, 4, 5, 6, 7])('a time cut to %d bytes is no time, whatever stands behind it', (left) => {
  const [first, second, third] = heartbeats as [Buffer, Buffer, Buffer];
  const bytes = Buffer.concat([stamp(0), first, stamp(1).subarray(0, left), second, stamp(2), third]);
  const expected = [
    [0, 0],
    [1, 0],
    [2, 2],
  ];
  expect(recordsOf(bytes)).toEqual(expected);
});

it('a first time that is damaged costs its own record its time, and no other one', () => {
  const far = Buffer.from(stamp(0));
  far[1]! ^= 0x08;
  const bytes = Buffer.concat([far, heartbeats[0]!, stamp(1), heartbeats[1]!, stamp(2), heartbeats[2]!]);
  expect(recordsOf(bytes)).toEqual([
    [0, 1],
    [1, 1],
    [2, 2],
  ]);
});

it('one of which each record is damaged is still known to have times', () => {
  const damage = Buffer.from([0xfe, 0, 0]);
  const records = heartbeats.flatMap((heartbeat, n) => [damage, stamp(n), heartbeat]);
  expect(recordsOf(Buffer.concat([...records, heartbeats[0]!]))).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [0, 2],
  ]);
});

it('a recording in which no time can be believed tells none', () => {
  const none = Buffer.alloc(8, 0xff);
  expect(recordsOf(Buffer.concat([none, heartbeats[0]!, none, heartbeats[1]!]))).toEqual([
    [0, undefined],
    [1, undefined],
  ]);
});

/** The first piece, which tells how a recording is written, is so long. */
const sampleBytes = 64 * 1024;
it.each([
  ['with times', stamp(0)],
  ['without', Buffer.alloc(0)],
])('a frame that carries another is one, however a recording %s is cut into pieces', (_, time) => {
  const record = Buffer.concat([time, heartbeats[0]!]);
  const before = Buffer.concat(Array<Buffer>(Math.floor((sampleBytes - 60) / record.length)).fill(record));
  const bytes = Buffer.concat([before, time, carrier, time, heartbeats[1]!]);
  for (const piece of [sampleBytes, 1000, 60, bytes.length])
    expect(
      recordsOf(bytes, piece)
        .slice(-3)
        .map(([sequence]) => sequence),
    ).toEqual([0, 8, 1]);
});
