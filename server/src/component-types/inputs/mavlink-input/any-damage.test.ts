import { describe, expect, it } from 'vitest';
import { definitionsOf } from '../../../component-kit/mavlink/bundled.ts';
import { withCargo } from '../../../component-kit/mavlink/cargo.ts';
import { checksum } from '../../../component-kit/mavlink/checksum.ts';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import type { Frame } from '../../../component-kit/mavlink/frames.ts';
import { signer, signingKey } from '../../../component-kit/mavlink/signing.ts';
import { type FoundFrame, framesByRule, recordsByRule } from '../../../component-kit/testing/mavlink-rule.ts';
import { framesOf, recording } from '../../../component-kit/testing/recordings.ts';
import { seeded } from '../simulator-input/simulator-input.ts';

/** Frames as a recording of a real vehicle has them, with a few of version 1 and such as carry random bytes. */
const recorded = framesOf(recording('mavlink/quad-bench.tlog')).slice(0, 4000);
const plain = messagesOf('all');
/** The same messages, with the fields that may carry other frames. */
const carrying = withCargo(plain, definitionsOf('all'));
const crcExtra = (id: number) => plain.get(id)?.crcExtra;
const sign = signer(signingKey('correct horse'), 1, () => 1_700_000_000_000);
/** The same frame as somebody sends it who signs; those of version 1 cannot be signed. */
const signed = (frame: Buffer): Buffer => {
  if (frame[0] !== 0xfd || frame[2] !== 0) return frame;
  const flagged = Buffer.from(frame);
  flagged[2] = 1;
  const sumAt = flagged.length - 2;
  const extra = crcExtra(flagged.readUIntLE(7, 3))!;
  flagged.writeUInt16LE(checksum(flagged, 1, sumAt, extra), sumAt);
  return Buffer.concat([flagged, sign(flagged)]);
};

/** Streams and recordings with random damage: a short form here, a million with `DAMAGED_STREAMS=1000000`. */
const rounds = Number(process.env['DAMAGED_STREAMS'] ?? 400);
const seed = Number(process.env['MUTATED_SEED'] ?? 1);
const patienceMs = 60_000 + rounds * 60;

const random = seeded(seed);
const below = (limit: number) => Math.floor(random() * limit);
const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
const some = (): Buffer => {
  const { frame } = recorded[below(recorded.length)]!;
  return below(8) === 0 ? signed(frame) : frame;
};
const damage = (): Buffer => {
  const frame = some();
  const changed = Buffer.from(frame);
  changed[below(changed.length)]! ^= 1 + below(255);
  const kinds = [
    Buffer.alloc(0),
    Buffer.from([[0xfe], [0xfd], [0xfd, 0xff], [0xfe, 0xff, 0, 1, 1], [0xfe, 0, 0, 1, 1, 3]][below(5)]!),
    noise(below(400)),
    Buffer.alloc(below(50), 0xfd),
    frame.subarray(0, below(frame.length)),
    frame.subarray(1 + below(frame.length)),
    changed,
  ];
  return kinds[below(kinds.length)]!;
};

/** A decoder that notes each frame as its bytes. */
const decoderOf = (types: typeof plain, frame: (hex: string, time: number) => void): Decoder => {
  const decoder: Decoder = new Decoder({
    types,
    messages: [],
    systems: [],
    message: (_payload, time) => frame(heard, time),
    heard: (found) => (heard = hexOf(found)),
    refused: () => undefined,
  });
  let heard = '';
  return decoder;
};
const hexOf = ({ bytes, start, payloadStart, payloadLength, isSigned }: Readonly<Frame>): string =>
  Buffer.from(
    bytes.buffer,
    bytes.byteOffset + start,
    payloadStart - start + payloadLength + (isSigned ? 15 : 2),
  ).toString('hex');
const asHex = (bytes: Buffer, frames: readonly FoundFrame[]): readonly string[] =>
  frames.map(({ at, end }) => bytes.toString('hex', at, end));

/** Where a stream is cut into pieces. */
const endsOf = (length: number): readonly number[] => {
  const longest = 1 + below(300);
  const ends: number[] = [];
  for (let end = 0; end < length;) ends.push((end = Math.min(length, end + 1 + below(longest))));
  return ends;
};

describe('any damage between good frames', () => {
  it.each([
    ['hides none, however the bytes are cut, and none comes later than the rule has it', plain, undefined],
    [
      'holds none back longer than to the next bytes where it might be carried',
      carrying,
      (id: number) => carrying.get(id)?.cargo,
    ],
  ])('%s', { timeout: patienceMs }, (_, types, cargo) => {
    for (let round = 0; round < rounds; round += 1) {
      const stream = Buffer.concat(Array.from({ length: 12 }, () => [damage(), some()]).flat());
      const ends = endsOf(stream.length);
      const expected = framesByRule(stream, ends, cargo ? { crcExtra, cargo } : { crcExtra });
      const got: string[] = [];
      const line = decoderOf(types, (hex) => got.push(hex)).line();
      let from = 0;
      const counts = ends.map((end) => {
        line.push(stream.subarray(from, end), 0);
        line.pause();
        from = end;
        return got.length;
      });
      line.finish();
      const told = `round ${round} of seed ${seed}`;
      expect(got, told).toEqual(asHex(stream, expected));
      const due = (end: number) => expected.filter(({ seen }) => seen <= end).length;
      // what waits for the end of the line was seen with all of its bytes
      expect(counts.slice(0, -1), told).toEqual(ends.slice(0, -1).map(due));
    }
  });

  it('hides none in a recording, and each has its time or that of the one before', { timeout: patienceMs }, () => {
    for (let round = 0; round < rounds; round += 1) {
      const stamps: number[] = [];
      const parts: Buffer[] = [];
      for (let n = 0; n < 12; n += 1) {
        const stamp = Buffer.alloc(8);
        stamps.push(1_700_000_000_000 + n * 1000);
        stamp.writeBigUInt64BE(BigInt(stamps.at(-1)!) * 1000n);
        parts.push(
          ...(n === 0 || below(2) === 0 ? [] : [damage()]),
          stamp,
          ...(below(8) === 0 ? [damage()] : []),
          some(),
        );
      }
      const bytes = Buffer.concat(parts);
      const expected = recordsByRule(bytes, stamps[0]!, { crcExtra });
      const got: { hex: string; time: number }[] = [];
      const decoder = decoderOf(plain, (hex, time) => got.push({ hex, time }));
      const cutter = decoder.recording();
      const chunk = 1 + below(500);
      for (let at = 0; at < bytes.length; at += chunk)
        for (const { frame, time } of cutter.push(bytes.subarray(at, at + chunk))) decoder.record(frame, time ?? 0);
      for (const { frame, time } of cutter.finish()) decoder.record(frame, time ?? 0);
      const hexes = asHex(bytes, expected);
      expect(got, `round ${round} of seed ${seed}`).toEqual(
        expected.map(({ time }, index) => ({ hex: hexes[index], time })),
      );
    }
  });
});
