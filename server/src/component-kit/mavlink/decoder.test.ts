import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, expectedOf, framesOf, recording } from '../testing/recordings.ts';
import { checksum } from './checksum.ts';
import { messagesOf } from './dialects.ts';
import { Decoder, type DecoderOptions } from './decoder.ts';
import { signingKey, verifier } from './signing.ts';
import { Vehicles } from './vehicles.ts';

const unpack = (name: string): Buffer => recording(`mavlink/${name}`);

interface Expected {
  readonly frames_checksum_ok: number;
  readonly frames_v1: number;
  readonly frames_signed: number;
  readonly non_frame_bytes_total?: number;
  readonly non_frame_runs?: number;
  readonly frames_by_source: Readonly<Record<string, number>>;
  readonly frames_by_message: Readonly<Record<string, number>>;
  readonly example_of_each_message: Readonly<
    Record<string, { readonly hex: string; readonly fields: Record<string, unknown> }>
  >;
}
const decode = (
  feed: (line: ReturnType<Decoder['line']>, decoder: Decoder) => void,
  more: Partial<DecoderOptions> = {},
) => {
  const payloads: Readonly<Record<string, unknown>>[] = [];
  const refused: Record<string, number> = {};
  const decoder = new Decoder({
    types: messagesOf('all'),
    messages: [],
    systems: [],
    message: (payload) => payloads.push(payload),
    refused: (reason) => (refused[reason] = (refused[reason] ?? 0) + 1),
    ...more,
  });
  const line = decoder.line();
  feed(line, decoder);
  line.finish();
  return { payloads, refused, decoder };
};

describe.each(['quad-bench', 'sitl-copter', 'px4-quad'])('the recording %s.tlog', (name) => {
  const expected = expectedOf<Expected>(`${name}.tlog`);
  const { payloads, refused, decoder } = decode((_, decoder) => {
    const cutter = decoder.recording();
    for (const found of [cutter.push(unpack(`${name}.tlog`)), cutter.finish()])
      for (const { time, frame } of found) decoder.record(frame, time ?? 0);
  });

  it('is read frame by frame', () => {
    expect(refused).toEqual({});
    expect(decoder.totals).toEqual({
      frames: expected.frames_checksum_ok,
      signed: expected.frames_signed,
      garbageBytes: 0,
      damaged: 0,
    });
    expect(count(payloads.map(({ message }) => String(message)))).toEqual(expected.frames_by_message);
    const sources = payloads.map(({ system_id, component_id }) => `${String(system_id)}:${String(component_id)}`);
    expect(count(sources)).toEqual(expected.frames_by_source);
  });
});

describe.each(['quad-bench', 'sitl-copter'])('the raw line %s.raw', (name) => {
  const bytes = unpack(`${name}.raw`);
  const expected = expectedOf<Expected>(`${name}.raw`);

  it('gives every frame, whatever stands between them', () => {
    const { payloads, refused, decoder } = decode((line) => line.push(bytes, 0));
    expect(count(payloads.map(({ message }) => String(message)))).toEqual(expected.frames_by_message);
    expect(decoder.totals.garbageBytes).toBe(expected.non_frame_bytes_total);
    expect(refused).toEqual({ garbage: expected.non_frame_runs });
  });

  it('gives the same frames however it is cut', () => {
    const whole = decode((line) => line.push(bytes, 0)).payloads;
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 2000 })), (sizes) => {
        const { payloads } = decode((line) => {
          for (let at = 0; at < bytes.length;) {
            const size = Number(sizes.next().value);
            line.push(bytes.subarray(at, at + size), 0);
            at += size;
          }
        });
        expect(payloads.length).toBe(whole.length);
        expect(payloads).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });
});

describe('the first frame of each message', () => {
  const examples = ['quad-bench.tlog', 'sitl-copter.tlog', 'px4-quad.tlog'].flatMap((file) =>
    Object.entries(expectedOf<Expected>(file).example_of_each_message).map(([name, example]) => ({
      file,
      name,
      ...example,
    })),
  );

  it.each(examples)('$name of $file has all its fields', ({ hex, fields, name }) => {
    const { payloads } = decode((line) => line.push(Buffer.from(hex, 'hex'), 0));
    const [payload] = payloads;
    expect(payload?.['message']).toBe(name);
    const got = Object.fromEntries(Object.keys(fields).map((field) => [field, payload?.[field]]));
    // -0 is 0 in JSON as we write it
    expect(got).toEqual(JSON.parse(JSON.stringify(fields)));
  });
});

it('decodes only what is wanted', () => {
  const { payloads } = decode((line) => line.push(unpack('quad-bench.raw'), 0), {
    messages: ['HEARTBEAT', 'STATUSTEXT'],
    systems: [1],
  });
  expect(count(payloads.map(({ message }) => String(message)))).toEqual({ HEARTBEAT: 559, STATUSTEXT: 34 });
});

it('counts the gaps in the sequence of each vehicle', () => {
  const { decoder } = decode((line) => line.push(unpack('sitl-copter.raw'), 0));
  expect(decoder.vehicles.report()['1:1']).toMatchObject({ frames: 35_852, lost: 0 });
});

describe('the loss of a line', () => {
  const lossOf = (...sequences: number[]): number => {
    const vehicles = new Vehicles();
    const line = vehicles.line('');
    sequences.forEach((sequence, time) => line.note(1, 1, sequence, time));
    return vehicles.report()['1:1']!.lost;
  };
  it.each([
    ['nothing', [1, 2, 3], 0],
    ['a gap', [1, 5], 3],
    ['a gap over the end of the count', [254, 1], 2],
    ['a frame that came twice', [1, 2, 2, 3], 0],
    ['a frame that was overtaken', [1, 2, 4, 3, 5], 0],
    ['a vehicle that was restarted', [100, 0, 1, 2], 0],
    ['a vehicle that was restarted late in its count', [200, 201, 202, 0, 1, 2], 0],
    ['a vehicle that was restarted just before the end of its count', [240, 1, 2], 0],
    ['a large gap that ends elsewhere', [200, 20], 75],
    ['a small gap over the end of the count', [250, 0], 5],
  ])('with %s', (_, sequences, lost) => expect(lossOf(...sequences)).toBe(lost));

  it('is that of each vehicle, and of no more vehicles than it can remember', () => {
    const vehicles = new Vehicles();
    const line = vehicles.line('');
    for (let system = 1; system <= 100; system += 1) line.note(system, 1, 0, system);
    expect(Object.keys(vehicles.report())).toHaveLength(64);
    line.note(100, 1, 3, 101);
    expect(vehicles.report()['100:1']).toMatchObject({ frames: 2, lost: 2 });
    expect(vehicles.report()['1:1']).toBeUndefined();
  });
});

describe('garbage', () => {
  const good = unpack('px4-quad.tlog');
  const frames = framesOf(good)
    .map(({ frame }) => frame)
    .slice(0, 60);

  it('never hides a good frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 60, maxLength: 60 }), (garbage) => {
        const stream = Buffer.concat(frames.flatMap((frame, index) => [garbage[index]!, frame]));
        const { payloads } = decode((line) => line.push(stream, 0));
        expect(payloads.length).toBeGreaterThanOrEqual(frames.length);
      }),
      { numRuns: 50 },
    );
  });

  it('never hides a good frame by looking like a message that nobody knows', () => {
    // a head of MAVLink 1 that reaches over a good frame, up to where another one begins
    const [first, second] = [frames[0]!, frames[1]!];
    const head = Buffer.from([0xfe, first.length - 2, 0, 1, 1, 0xf9]);
    const { payloads } = decode((line) => line.push(Buffer.concat([head, first, second]), 0));
    expect(payloads.length).toBe(2);
  });

  it('is counted byte by byte: each one is in a frame, or skipped', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 400 }), (noise, size) => {
        const stream = Buffer.concat([noise, frames[0]!, noise]);
        const { payloads, decoder, refused } = decode((line) => {
          for (let at = 0; at < stream.length; at += size) line.push(stream.subarray(at, at + size), 0);
        });
        const unknown = refused['unknown_message'] ?? 0;
        if (payloads.length === 1 && unknown === 0)
          expect(decoder.totals.garbageBytes).toBe(stream.length - frames[0]!.length);
        else expect(decoder.totals.garbageBytes).toBeLessThan(stream.length);
      }),
    );
  });

  it('counts once for each packet, and each damaged frame for itself', () => {
    const damaged = frames.slice(0, 10).map((frame) => {
      const bytes = Buffer.from(frame);
      bytes[bytes.length - 1]! ^= 0xff;
      return bytes;
    });
    expect(decode((line) => line.push(Buffer.concat(damaged), 0)).refused).toEqual({ bad_checksum: 10 });
    const packets = decode((line) => {
      for (let n = 0; n < 5; n += 1) {
        line.push(Buffer.from('no vehicle'), 0);
        line.pause();
      }
    });
    expect(packets.refused).toEqual({ garbage: 5 });
  });

  it('does no harm: a million mutated bytes are refused or read, never a crash', () => {
    const original = unpack('quad-bench.raw').subarray(0, 250_000);
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
    for (let round = 0; round < 4; round += 1) {
      const mutated = Buffer.from(original);
      for (let n = 0; n < 10_000; n += 1) mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
      const { payloads, refused } = decode((line) => line.push(mutated, 0));
      expect(payloads.length).toBeGreaterThan(1000);
      expect(refused['bad_checksum']).toBeGreaterThan(1000);
    }
  });

  it('is told apart from messages that nobody knows', () => {
    const unknown = Buffer.from([0xfd, 2, 0, 0, 7, 1, 1, 0xff, 0xff, 0x7f, 1, 2, 0, 0]);
    const { payloads, refused } = decode((line) => line.push(Buffer.concat([frames[0]!, unknown, frames[1]!]), 0));
    expect([payloads.length, refused]).toEqual([2, { unknown_message: 1 }]);
  });
});

describe('signatures', () => {
  const key = signingKey('correct horse');
  /** A signed heartbeat, put together here byte by byte from the description of the protocol. */
  const signed = (time: number, secret = key, link = 5): Buffer => {
    const frame = [0xfd, 9, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 3, 81, 4, 3];
    const sum = checksum(Uint8Array.from(frame), 1, frame.length, 50);
    const stamp = Array.from({ length: 6 }, (_, index) => Math.floor(time / 256 ** index) % 256);
    const body = Buffer.from([...frame, sum & 0xff, sum >> 8, link, ...stamp]);
    const hash = createHash('sha256').update(secret).update(body).digest().subarray(0, 6);
    return Buffer.concat([body, hash]);
  };
  const accepted = (...frames: Buffer[]) => {
    const { payloads, refused } = decode((line) => frames.forEach((frame) => line.push(frame, 0)), {
      verify: verifier(key),
    });
    return [payloads.length, refused['bad_signature'] ?? 0];
  };

  it('are accepted when right and new', () => expect(accepted(signed(1000), signed(1001))).toEqual([2, 0]));
  it('are refused when made with another key', () => expect(accepted(signed(1000, signingKey('x')))).toEqual([0, 1]));
  it('are refused when seen before', () => expect(accepted(signed(1000), signed(1000))).toEqual([1, 1]));
  it('are passed over without a key', () => expect(decode((line) => line.push(signed(1), 0)).payloads.length).toBe(1));
  it('are accepted of any number of streams, and of none twice', () => {
    const verify = verifier(key);
    const signature = (stream: number, time: number) => {
      const signed = Buffer.from(`${stream}:${time}`);
      const hash = createHash('sha256').update(key).update(signed).digest().subarray(0, 6);
      return { stream: String(stream), time, hash, signed };
    };
    const streams = Array.from({ length: 600 }, (_, stream) => signature(stream, 10_000_000 + stream));
    expect(streams.map(verify)).toEqual(Array(600).fill('accepted'));
    const again = streams.map(verify);
    expect(again).toEqual([...Array<string>(344).fill('late_signature'), ...Array<string>(256).fill('bad_signature')]);
  });

  it('are refused for a reason of its own where another stream has a clock ahead', () => {
    const minute = 6_000_000;
    const [ahead, near, behind] = [signed(9 * minute, key, 1), signed(8 * minute, key, 2), signed(minute, key, 3)];
    const { payloads, refused } = decode((line) => [ahead, near, behind].forEach((frame) => line.push(frame, 0)), {
      verify: verifier(key),
    });
    expect([payloads.length, refused]).toEqual([2, { late_signature: 1 }]);
  });

  it('are asked of every vehicle once there is a key', () => {
    const [plain] = framesOf(unpack('px4-quad.tlog'));
    expect(accepted(plain!.frame)).toEqual([0, 1]);
  });
});
