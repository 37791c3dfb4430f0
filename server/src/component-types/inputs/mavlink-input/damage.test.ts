import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fileInput } from '../file-input/file-input.component.ts';
import { framesOf, recording } from '../../../component-kit/testing/recordings.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { seeded } from '../simulator-input/simulator-input.ts';
import { mavlinkInput } from './mavlink-input.component.ts';
import { definitionsOf } from '../../../component-kit/mavlink/bundled.ts';
import { withCargo } from '../../../component-kit/mavlink/cargo.ts';
import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import { nextGood, signatureLength } from '../../../component-kit/mavlink/candidate.ts';
import { checksum } from '../../../component-kit/mavlink/checksum.ts';
import { signer, signingKey } from '../../../component-kit/mavlink/signing.ts';

/** Streams and recordings with one damage each, and what the reference (pymavlink 2.4.50) and a scan of all bytes find. */
interface Damaged {
  readonly streams: readonly { name: string; datagrams: string[]; sequences: number[] }[];
  readonly recordings: readonly { name: string; bytes: string; sequences: number[]; times: number[] }[];
}
const { streams, recordings } = JSON.parse(readFileSync(join(import.meta.dirname, 'damaged.json'), 'utf8')) as Damaged;

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const open = async (config: object): Promise<Rehearsal> => {
  const input = rehearse(mavlinkInput, { host: '127.0.0.1', port: 0, ...config });
  ended.push(() => input.close());
  await input.open();
  return input;
};
const sequencesOf = (input: Rehearsal) => input.payloads().map((payload) => (payload as { sequence: number }).sequence);
const bytesOf = (hex: string) => Buffer.from(hex, 'hex');

/** So much later each datagram is sent, in milliseconds: well below the silence after which a rest is given up. */
const apartMs = 60;

describe.each(streams)('$name', ({ datagrams, sequences }) => {
  it('hides no frame over UDP while the flow runs', async () => {
    const input = await open({});
    const socket = createSocket('udp4');
    ended.push(() => socket.close());
    for (const datagram of datagrams) {
      socket.send(bytesOf(datagram), Number(input.facts()['listening']), '127.0.0.1');
      await sleep(apartMs);
    }
    await until('all are there', () => input.emitted.length >= sequences.length);
    expect(sequencesOf(input)).toEqual(sequences);
  });

  it('hides no frame over TCP while the flow runs', async () => {
    const input = await open({ source: 'tcp_listen' });
    const line = connect(Number(input.facts()['listening']), '127.0.0.1');
    ended.push(() => line.destroy());
    for (const datagram of datagrams) {
      line.write(bytesOf(datagram));
      await sleep(apartMs);
    }
    await until('all are there', () => input.emitted.length >= sequences.length);
    expect(sequencesOf(input)).toEqual(sequences);
  });
});

describe('a frame that carries another and comes in two parts', () => {
  const tunnel = `fd850000080101810100000001011e0101010101fd090000630101000000000000000203510403c559${'02'.repeat(102)}e2c5`;
  const parts = [tunnel.slice(0, 120), tunnel.slice(120)];

  it('is the only one over UDP', async () => {
    const input = await open({});
    const socket = createSocket('udp4');
    ended.push(() => socket.close());
    for (const part of parts) {
      socket.send(bytesOf(part), Number(input.facts()['listening']), '127.0.0.1');
      await sleep(apartMs);
    }
    await until('it is there', () => input.emitted.length > 0);
    expect(sequencesOf(input)).toEqual([8]);
  });

  it('is the only one over TCP', async () => {
    const input = await open({ source: 'tcp_listen' });
    const line = connect(Number(input.facts()['listening']), '127.0.0.1');
    ended.push(() => line.destroy());
    for (const part of parts) {
      line.write(bytesOf(part));
      await sleep(apartMs);
    }
    await until('it is there', () => input.emitted.length > 0);
    expect(sequencesOf(input)).toEqual([8]);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'semstreams-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(recordings)('a recording with $name', ({ name, bytes, sequences, times }) => {
  const path = join(folder, `${name}.tlog`);
  writeFileSync(path, bytesOf(bytes));

  it.each([0, 100])('is replayed at speed %d with every good frame at its time', async (speed) => {
    const input = await open({ source: 'tlog', path, speed });
    await until('it is at its end', () => input.reports.some((report) => report.includes('at its end')));
    await until('all are handed on', () => input.emitted.length >= sequences.length);
    expect(sequencesOf(input)).toEqual(sequences);
    expect(input.emitted.map(({ time }) => time)).toEqual(times);
    expect(input.facts()).toMatchObject({ vehicles: { '1:1': { last_seen: new Date(times.at(-1)!).toISOString() } } });
    expect(input.faults).toEqual([]);
  });

  it('is read by the file input in the same way', async () => {
    const input = rehearse(fileInput, { path, format: 'tlog', remember: false });
    ended.push(() => input.close());
    await input.open();
    await until('it is at its end', () => input.reports.some((report) => report.includes('Read to the end')));
    expect(sequencesOf(input)).toEqual(sequences);
    expect(input.payloads().map((payload) => (payload as { time: number }).time)).toEqual(times);
  });
});

/** Frames as a recording of a real vehicle has them, with a few of version 1 and such as carry random bytes. */
const types = messagesOf('all');
/** The same, with the fields that may carry other frames. */
const carrying = withCargo(types, definitionsOf('all'));
const crcExtra = (id: number) => types.get(id)?.crcExtra;
const recorded = framesOf(recording('mavlink/quad-bench.tlog')).slice(0, 4000);
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

/** What a scan of all bytes finds: where each good frame begins, and its bytes. */
const scan = (bytes: Buffer): { readonly at: number; readonly hex: string }[] => {
  const found = [];
  for (let at = 0; ;) {
    at = nextGood(bytes, at, bytes.length, crcExtra);
    if (at < 0) return found;
    const isV2 = bytes[at] === 0xfd;
    const isSigned = isV2 && bytes[at + 2] === 1;
    const end = at + bytes[at + 1]! + (isV2 ? 12 : 8) + (isSigned ? signatureLength : 0);
    if (isSigned && nextGood(bytes, end - signatureLength, end, crcExtra) >= 0) {
      at += 1;
      continue;
    }
    found.push({ at, hex: bytes.toString('hex', at, end) });
    at = end;
  }
};

/** Streams and recordings with random damage: a short form here, a million with `DAMAGED_STREAMS=1000000`. */
const rounds = Number(process.env['DAMAGED_STREAMS'] ?? 400);
const patienceMs = 20_000 + rounds * 60;

describe('any damage between good frames', () => {
  const random = seeded(Number(process.env['MUTATED_SEED'] ?? 1));
  const below = (limit: number) => Math.floor(random() * limit);
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const some = () => {
    const { frame } = recorded[below(recorded.length)]!;
    return below(8) === 0 ? signed(frame) : frame;
  };
  const damage = (): Buffer => {
    // of one that was signed and is cut, the checksum is right all the same: where it ends depends on what comes behind it
    const { frame } = recorded[below(recorded.length)]!;
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
  const decoderFor = (frame: (payload: unknown, time: number) => void, known = types) =>
    new Decoder({
      types: known,
      messages: [],
      systems: [],
      message: frame,
      refused: () => undefined,
    });
  /** Damage that happens to be a frame, or to be one together with what stands around it, is none. */
  const key = (payload: unknown): string =>
    JSON.stringify(payload, (name, value: unknown) => (name === 'time' ? 0 : value));
  const keysOf = (frames: readonly { readonly hex: string }[]): string[] => {
    const keys: string[] = [];
    const line = decoderFor((payload) => keys.push(key(payload))).line();
    for (const { hex } of frames) {
      line.push(Buffer.from(hex, 'hex'), 0);
      line.finish();
    }
    return keys;
  };

  it('hides none, however the bytes are cut, and each comes with its own bytes', { timeout: patienceMs }, () => {
    for (let round = 0; round < rounds; round += 1) {
      const stream = Buffer.concat(Array.from({ length: 12 }, () => [damage(), some()]).flat());
      const expected = scan(stream);
      const got: string[] = [];
      const decoder = decoderFor((payload) => got.push(key(payload)));
      const line = decoder.line();
      const longest = 1 + below(300);
      let [from, at] = [0, 0];
      while (at < stream.length) {
        at = Math.min(stream.length, at + 1 + below(longest));
        line.push(stream.subarray(from, at), 0);
        line.pause();
        from = at;
        const due = expected.filter((frame) => frame.at + frame.hex.length / 2 <= at).length;
        // within a signature a frame may begin that is not whole yet: only the last one is held back for it
        const held = due - got.length === 1 && expected[due - 1]!.hex.startsWith('01', 4) ? 1 : 0;
        expect(got.length + held, `round ${round}, after ${at} bytes`).toBe(due);
      }
      line.finish();
      expect(got, `round ${round}`).toEqual(keysOf(expected));
    }
  });

  it('holds none back longer than to the next bytes where it might be carried', { timeout: patienceMs }, () => {
    for (let round = 0; round < rounds; round += 1) {
      const stream = Buffer.concat(Array.from({ length: 12 }, () => [damage(), some()]).flat());
      const expected = scan(stream);
      const got: string[] = [];
      const line = decoderFor((payload) => got.push(key(payload)), carrying).line();
      const dueAt = (end: number) => expected.filter((frame) => frame.at + frame.hex.length / 2 <= end).length;
      const longest = 12 + below(300);
      let [before, from, at] = [0, 0, 0];
      while (at < stream.length) {
        at = Math.min(stream.length, at + 12 + below(longest));
        line.push(stream.subarray(from, at), 0);
        line.pause();
        const isSigned = expected[before - 1]?.hex.startsWith('01', 4) ?? false;
        expect(got.length, `round ${round}, after ${at} bytes`).toBeGreaterThanOrEqual(before - (isSigned ? 1 : 0));
        expect(got.length, `round ${round}, after ${at} bytes`).toBeLessThanOrEqual(dueAt(at));
        [before, from] = [dueAt(at), at];
      }
      line.finish();
      expect(got, `round ${round}`).toEqual(keysOf(expected));
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
        parts.push(...(n === 0 || below(2) === 0 ? [] : [damage()]), stamp, some());
      }
      const bytes = Buffer.concat(parts);
      const expected = scan(bytes);
      const got: { key: string; time: number }[] = [];
      const decoder = decoderFor((payload, time) => got.push({ key: key(payload), time }));
      const cutter = decoder.recording();
      const chunk = 1 + below(500);
      for (let at = 0; at < bytes.length; at += chunk)
        for (const { frame, time } of cutter.push(bytes.subarray(at, at + chunk))) decoder.record(frame, time ?? 0);
      for (const { frame, time } of cutter.finish()) decoder.record(frame, time ?? 0);
      expect(
        got.map((each) => each.key),
        `round ${round}`,
      ).toEqual(keysOf(expected));
      let last = stamps[0]!;
      const times = expected.map(({ at }) => {
        const own = at < 8 ? undefined : Number(bytes.readBigUInt64BE(at - 8) / 1000n);
        if (own !== undefined && stamps.includes(own)) last = own;
        return last;
      });
      expect(
        got.map(({ time }) => time),
        `round ${round}`,
      ).toEqual(times);
    }
  });
});
