import { createSocket } from 'node:dgram';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  count,
  expectedOf,
  framesOf as recordsOf,
  recording,
  recordingPath,
} from '../../../component-kit/testing/recordings.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { FrameWriter } from '../../../component-kit/mavlink/frame-writer.ts';
import { loadDefinitions } from '../../../component-kit/mavlink/load-dialect.ts';
import { type Sign, signer, signingKey } from '../../../component-kit/mavlink/signing.ts';
import type { Parked } from '../../../engine/parking.ts';
import { fileInput } from '../file-input/file-input.component.ts';
import { mavlinkInput } from './mavlink-input.component.ts';

interface Expected {
  readonly frames_checksum_ok: number;
  readonly frames_by_message: Readonly<Record<string, number>>;
  readonly frames_by_source: Readonly<Record<string, number>>;
}

const ended: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const open = async (config: object, world: Parameters<typeof rehearse>[2] = {}): Promise<Rehearsal> => {
  const input = rehearse(mavlinkInput, { host: '127.0.0.1', port: 0, ...config }, world);
  ended.push(() => input.close());
  await input.open();
  return input;
};
const portOf = (input: Rehearsal): number => input.facts()['listening'] as number;
const messagesOf = (input: Rehearsal) =>
  count(input.payloads().map((payload) => (payload as { message: string }).message));

const sender = () => {
  const socket = createSocket('udp4');
  ended.push(() => socket.close());
  return async (bytes: Uint8Array, port: number) =>
    new Promise<void>((resolve, reject) =>
      socket.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
};

/** Sends a recording frame by frame, never more ahead than a socket can hold. */
const sendFrames = async (input: Rehearsal, frames: readonly Uint8Array[], perPacket = 1): Promise<void> => {
  const send = sender();
  const before = input.facts()['datagrams'] as number;
  let sent = 0;
  for (let at = 0; at < frames.length; at += perPacket) {
    await send(Buffer.concat(frames.slice(at, at + perPacket)), portOf(input));
    sent += 1;
    if (sent % 50 === 0) await until('packets are read', () => input.facts()['datagrams'] === before + sent);
  }
  await until('packets are read', () => input.facts()['datagrams'] === before + sent);
};

const framesOf = (name: string): Uint8Array[] => recordsOf(recording(`mavlink/${name}`)).map(({ frame }) => frame);

const writerOf = async (sign?: Sign): Promise<FrameWriter> => {
  const loaded = await loadDefinitions({ dialect: 'all', definition: '' }, '');
  return new FrameWriter({ ...loaded, version: 2, system: 1, component: 1, keepsSequence: false, sign });
};
/** Somebody who signs with the right key, and somebody with another one. */
const signing = async () => {
  const key = signingKey('correct horse');
  const [writer, other] = await Promise.all(
    [key, signingKey('x')].map(async (each) => writerOf(signer(each, 1, Date.now))),
  );
  return { key, writer: writer!, other: other! };
};

describe('over UDP', () => {
  it('hands on every message of a recording that several stations and vehicles share', async () => {
    const expected = expectedOf<Expected>('quad-bench.tlog');
    const input = await open({});
    await sendFrames(input, framesOf('quad-bench.tlog'), 4);
    await until('all is handed on', () => input.emitted.length >= expected.frames_checksum_ok);
    expect(messagesOf(input)).toEqual(expected.frames_by_message);
    expect(input.drops).toEqual({});
    const vehicles = input.facts()['vehicles'] as Record<string, { frames: number }>;
    expect(Object.fromEntries(Object.entries(vehicles).map(([key, { frames }]) => [key, frames]))).toEqual(
      expected.frames_by_source,
    );
  });

  it('puts together a frame that was cut across packets, for each sender on its own', async () => {
    const [frame] = framesOf('px4-quad.tlog');
    const input = await open({});
    const [one, other] = [sender(), sender()];
    await one(frame!.subarray(0, 7), portOf(input));
    await other(frame!.subarray(0, 9), portOf(input));
    await one(frame!.subarray(7), portOf(input));
    await other(frame!.subarray(9), portOf(input));
    await until('both are there', () => input.emitted.length === 2);
    expect(input.drops).toEqual({});
  });

  it('says what it could not use, by reason', async () => {
    const frames = framesOf('px4-quad.tlog');
    const damaged = Buffer.from(frames[0]!);
    damaged[damaged.length - 1]! ^= 0x55;
    const unknown = Buffer.from([0xfd, 1, 0, 0, 0, 1, 1, 0xff, 0xff, 0x7f, 0, 0, 0]);
    const input = await open({});
    await sendFrames(input, [frames[1]!, damaged, unknown, Buffer.from('GET / HTTP/1.1'), frames[2]!]);
    await until('the good ones are there', () => input.emitted.length === 2);
    expect(input.drops).toEqual({ bad_checksum: 1, unknown_message: 1, garbage: 1 });
  });

  it('lets only the wanted messages of the wanted vehicles through', async () => {
    const input = await open({ messages: ['HEARTBEAT'], systems: [255] });
    await sendFrames(input, framesOf('px4-quad.tlog'), 8);
    await until('all is handed on', () => input.emitted.length === 95);
    expect(messagesOf(input)).toEqual({ HEARTBEAT: 95 });
  });

  it('takes only what is signed with its key', async () => {
    const input = await open({ signing_key: 'correct horse' });
    await sendFrames(input, framesOf('px4-quad.tlog').slice(0, 10));
    expect(input.drops).toEqual({ bad_signature: 10 });
    expect(input.emitted).toEqual([]);
  });

  it('tells of each message from where it came, and whether it was signed', async () => {
    const { writer, key } = await signing();
    const plain = await writerOf();
    const input = await open({});
    await sendFrames(input, [plain.frame({ message: 'PING' }), writer.frame({ message: 'PING' })]);
    await until('both are there', () => input.emitted.length === 2);
    const [first, second] = input.emitted.map(({ headers }) => headers);
    expect(first).toEqual({
      link: `udp:${portOf(input)}`,
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    });
    expect(second).toEqual({ ...first, signed: 'true' });
    expect(key).toHaveLength(32);
  });

  it('takes RADIO_STATUS unsigned where it wants signatures, and neither wrongly signed nor twice', async () => {
    const { writer, other } = await signing();
    const plain = await writerOf();
    const radio = { message: 'RADIO_STATUS', rssi: 1, system_id: 51, component_id: 68 };
    const input = await open({ signing_key: 'correct horse' });
    const right = writer.frame({ ...radio, rssi: 2 });
    const frames = [
      plain.frame(radio),
      other.frame({ ...radio, rssi: 3 }),
      right,
      right,
      plain.frame({ message: 'PING' }),
    ];
    await sendFrames(input, frames);
    await until(
      'all are looked at',
      () => input.emitted.length + (input.drops['bad_signature'] ?? 0) === frames.length,
    );
    expect(input.payloads()).toMatchObject([{ rssi: 1 }, { rssi: 2 }]);
    expect(input.emitted.map(({ headers }) => headers['signed'])).toEqual([undefined, 'true']);
    expect(input.drops).toEqual({ bad_signature: 3 });
  });

  it('counts a frame that was begun and given up for too many senders, and one of them that has begun none goes first', async () => {
    const input = await open({});
    const [frame] = framesOf('px4-quad.tlog');
    const sockets = Array.from({ length: 258 }, () => createSocket('udp4'));
    ended.push(() => sockets.forEach((socket) => socket.close()));
    const send = (socket: (typeof sockets)[number], bytes: Uint8Array) =>
      new Promise((resolve) => socket.send(bytes, portOf(input), '127.0.0.1', resolve));
    const [whole, ...cut] = sockets;
    await send(whole!, frame!);
    for (const socket of cut.slice(0, -1)) await send(socket, frame!.subarray(0, 7));
    await until('all are there', () => input.facts()['datagrams'] === 257);
    expect(input.drops).toEqual({});
    await send(cut.at(-1)!, frame!.subarray(0, 7));
    await until('there is one too many', () => input.drops['too_many_senders'] === 1);
    await send(cut[1]!, frame!.subarray(7));
    await until('the others go on', () => input.emitted.length === 2);
  });

  it('says in a sentence that its port is taken', async () => {
    const first = await open({});
    const second = rehearse(mavlinkInput, { host: '127.0.0.1', port: portOf(first) });
    await expect(second.open()).rejects.toThrow(`port ${portOf(first)} is used by another program`);
    await second.close();
  });

  it('passes on the latest of each message once a second, and counts the others', async () => {
    const input = await open({ latest_per_second: true });
    const frames = framesOf('px4-quad.tlog');
    await sendFrames(input, frames, 8);
    await until('the second is over', () => input.emitted.length > 0);
    await input.close();
    const taken = input.emitted.length + (input.drops['superseded'] ?? 0);
    expect(taken).toBe(frames.length);
    const keys = input.payloads().map((payload) => {
      const { system_id, component_id, message } = payload as Record<string, unknown>;
      return `${String(system_id)}:${String(component_id)}:${String(message)}`;
    });
    expect(new Set(keys).size).toBeGreaterThan(10);
    expect(input.drops).toEqual({ superseded: frames.length - input.emitted.length });
  });
});

describe('over TCP', () => {
  it('loses no frame that a reload of its flow cuts', async () => {
    const place: { parked?: Parked | undefined } = {};
    const frames = framesOf('px4-quad.tlog')
      .slice(0, 3)
      .map((frame) => Buffer.from(frame));
    const before = await open({ source: 'tcp_listen' }, { place });
    const line = connect(portOf(before), '127.0.0.1');
    ended.push(() => line.destroy());
    line.setNoDelay(true);
    line.write(Buffer.concat([frames[0]!, frames[1]!.subarray(0, 9)]));
    await until('the first is there', () => before.emitted.length === 1);
    await before.close();
    const after = await open({ source: 'tcp_listen' }, { place });
    line.write(Buffer.concat([frames[1]!.subarray(9), frames[2]!]));
    await until('the others are there', () => after.emitted.length === 2);
    expect([before.drops, after.drops]).toEqual([{}, {}]);
  });

  const expected = expectedOf<Expected>('sitl-copter.raw');
  const bytes = recording('mavlink/sitl-copter.raw');

  it('listens, and reads no faster than the flow takes it', async () => {
    let busy = 0;
    const input = await open(
      { source: 'tcp_listen' },
      {
        emit: async () => {
          busy += 1;
          await new Promise((resolve) => setTimeout(resolve, 1));
        },
      },
    );
    const line = connect(portOf(input), '127.0.0.1', () => line.end(bytes));
    ended.push(() => line.destroy());
    await until('all is handed on', () => input.emitted.length === expected.frames_checksum_ok);
    expect(busy).toBeGreaterThan(1);
    expect(messagesOf(input)).toEqual(expected.frames_by_message);
    expect(input.drops).toEqual({ garbage: 3 });
  });

  it('connects, and connects again when the line is cut', async () => {
    const lines: Socket[] = [];
    const server: Server = createServer((line) => {
      lines.push(line);
      line.on('error', () => undefined);
      if (lines.length === 1) line.end(bytes.subarray(0, 500_000));
      else line.write(bytes.subarray(500_000));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(
      () => server.close(),
      () => lines.forEach((line) => line.destroy()),
    );
    const { port } = server.address() as { port: number };
    const input = await open({ source: 'tcp_connect', port });
    await until('both parts are there', () => input.emitted.length >= expected.frames_checksum_ok - 1);
    expect(lines).toHaveLength(2);
    expect(input.reports).toEqual([
      `waiting: waiting for 127.0.0.1:${port}`,
      `running: Connected to 127.0.0.1:${port}`,
      `waiting: 127.0.0.1:${port}: the line was closed; trying again`,
      `running: Connected to 127.0.0.1:${port}`,
    ]);
  });

  it('waits for somebody who is not there yet', async () => {
    const input = await open({ source: 'tcp_connect', port: 1 });
    await until('it says so', () =>
      input.reports.includes('waiting: 127.0.0.1:1: nothing listens there; trying again'),
    );
    await input.close();
    expect(input.faults).toEqual([]);
  });
});

describe('from a recording', () => {
  const expected = expectedOf<Expected>('px4-quad.tlog');
  const path = recordingPath('mavlink/px4-quad.tlog');

  it('replays all of it, with the time at which it was recorded', async () => {
    const input = await open({ source: 'tlog', path, speed: 0 });
    await until('it is at its end', () => input.reports.includes('running: The recording is at its end'));
    await input.close();
    expect(messagesOf(input)).toEqual(expected.frames_by_message);
    expect(new Date(input.emitted[0]!.time).toISOString()).toBe('2019-11-20T01:36:30.976Z');
  });

  it('is never faster than the recording was', async () => {
    // 93 seconds of recording at 200 times their speed
    const startedAt = performance.now();
    const input = await open({ source: 'tlog', path, speed: 200 });
    await until('all is there', () => input.emitted.length === expected.frames_checksum_ok);
    expect(performance.now() - startedAt).toBeGreaterThan(400);
  });

  it.each(['mavlink_input', 'file_input'])('reads one without times, as a line was taken down, by %s', async (type) => {
    const { frames_by_message, frames_checksum_ok } = expectedOf<Expected>('sitl-copter.raw');
    const raw = recordingPath('mavlink/sitl-copter.raw');
    const begun = Date.now();
    const input =
      type === 'mavlink_input'
        ? await open({ source: 'tlog', path: raw, speed: 1 })
        : rehearse(fileInput, { path: raw, format: 'tlog', remember: false });
    if (type === 'file_input') {
      ended.push(() => input.close());
      await input.open();
    }
    await until('all is there', () => input.emitted.length === frames_checksum_ok);
    expect(messagesOf(input)).toEqual(frames_by_message);
    expect(input.emitted[0]!.time).toBeGreaterThanOrEqual(begun);
    expect((input.payloads()[0] as { time: number }).time).toBeGreaterThanOrEqual(begun);
  });

  it('begins again at its end', async () => {
    const input = await open({ source: 'tlog', path, speed: 0, loop: true });
    await until('it began again', () => input.emitted.length > expected.frames_checksum_ok);
    await input.close();
    expect(input.facts()['rounds']).toBeGreaterThanOrEqual(1);
  });

  it.each([
    ['no-such.tlog', /there is no file ".*no-such\.tlog"/],
    ['', /no file is named/],
  ])('says in a sentence that "%s" cannot be used', async (name, sentence) => {
    const input = rehearse(mavlinkInput, { source: 'tlog', path: name });
    await expect(input.open()).rejects.toThrow(sentence);
    await input.close();
  });

  it('says that a file is no recording, instead of reading it again and again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
    writeFileSync(join(dataDir, 'text.tlog'), 'this is no recording'.repeat(100));
    const input = await open({ source: 'tlog', path: 'text.tlog', loop: true }, { dataDir });
    await until('it fails', () => input.faults.length > 0);
    expect(input.faults[0]!.message).toBe('"text.tlog" holds no MAVLink recording');
  });
});
