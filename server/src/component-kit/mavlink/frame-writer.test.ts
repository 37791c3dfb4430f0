import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../engine/exact-number.ts';
import { checksum } from './checksum.ts';
import { Decoder } from './decoder.ts';
import { bytesOf, type Field, type MessageDefinition } from './definition.ts';
import { dialectParts } from './dialect-names.generated.ts';
import { type Dialect, messagesOf } from './dialects.ts';
import { FrameWriter, type FrameWriterOptions } from './frame-writer.ts';
import { loadDefinitions } from './load-dialect.ts';
import { signer, signingKey, verifier } from './signing.ts';

const writerFor = async (dialect: Dialect, more: Partial<FrameWriterOptions> = {}): Promise<FrameWriter> =>
  new FrameWriter({
    ...(await loadDefinitions({ dialect, definition: '' }, '')),
    version: 2,
    system: 255,
    component: 190,
    keepsSequence: true,
    ...more,
  });

type Payload = Readonly<Record<string, unknown>>;
const decode = (dialect: Dialect, frames: readonly Uint8Array[], verify?: ReturnType<typeof verifier>): Payload[] => {
  const payloads: Payload[] = [];
  const decoder = new Decoder({
    types: messagesOf(dialect),
    messages: [],
    systems: [],
    verify,
    message: (payload) => payloads.push(payload),
    refused: (reason) => {
      throw new Error(reason);
    },
  });
  const line = decoder.line();
  for (const frame of frames) line.push(frame, 0);
  line.finish();
  return payloads;
};

/** Random numbers that are the same at each run. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** Any bytes that JSON can say: no NaN but the one of all, no -0, and nothing behind the end of a text. */
const fill = (bytes: Buffer, at: number, { type, length }: Field, below: (limit: number) => number): void => {
  const end = at + bytesOf({ type, length });
  if (type === 'char') {
    const text = Buffer.from('Höhe 12 µm, a text that is as long as it likes to be …'.slice(below(5)));
    text.copy(bytes, at, 0, below(end - at + 1));
    return;
  }
  for (; at < end; at += bytesOf({ type, length: 0 })) {
    if (type === 'f32')
      bytes.writeFloatLE([NaN, Infinity, -Infinity, 0, Math.fround((below(2e6) - 1e6) / 7 + 0.1)][below(5)]!, at);
    else if (type === 'f64') bytes.writeDoubleLE([NaN, Infinity, 0, (below(2e6) - 1e6) / 7 + 0.1][below(4)]!, at);
    else for (let index = 0; index < bytesOf({ type, length: 0 }); index += 1) bytes[at + index] = below(256);
  }
};

const frameOf = (definition: MessageDefinition, version: 1 | 2, below: (limit: number) => number): Buffer => {
  const payload = Buffer.alloc(version === 2 ? definition.size : definition.baseSize);
  const kept = definition.fields.filter((field) => field.offset < payload.length);
  for (const field of kept) if (below(8) > 0) fill(payload, field.offset, field, below);
  let { length } = payload;
  while (version === 2 && length > 1 && payload[length - 1] === 0) length -= 1;
  const { id } = definition;
  const head =
    version === 2
      ? [0xfd, length, 0, 0, below(256), below(256), below(256), id & 0xff, (id >> 8) & 0xff, id >> 16]
      : [0xfe, length, below(256), below(256), below(256), id];
  const body = Buffer.concat([Buffer.from(head), payload.subarray(0, length)]);
  const sum = checksum(body, 1, body.length, definition.crcExtra);
  return Buffer.concat([body, Buffer.from([sum & 0xff, sum >> 8])]);
};

describe.each(Object.keys(dialectParts) as Dialect[])('of the dialect %s', (dialect) => {
  it.each([2, 1] as const)('each message of version %d goes back byte for byte', async (version) => {
    const below = randomFrom(version);
    const { definitions } = await loadDefinitions({ dialect, definition: '' }, '');
    const sent = definitions
      .filter(({ id }) => version === 2 || id < 256)
      .flatMap((definition) => Array.from({ length: 3 }, () => frameOf(definition, version, below)));
    const payloads = decode(dialect, sent);
    const writer = await writerFor(dialect, { version });
    const back = payloads.map((payload) => writer.frame(JSON.parse(JSON.stringify(payload))));
    expect(back.map((frame) => frame.toString('hex'))).toEqual(sent.map((frame) => frame.toString('hex')));
    expect(payloads).toHaveLength(sent.length);
  });
});

it('frames of the reference go back byte for byte, but for what JSON cannot say', async () => {
  const lines = gunzipSync(readFileSync(join(import.meta.dirname, 'values.ndjson.gz')))
    .toString()
    .trim()
    .split('\n');
  const frames = lines.map((line) => Buffer.from((JSON.parse(line) as { frame: string }).frame, 'hex'));
  const payloads = decode('all', frames);
  const writer = await writerFor('all');
  const back = payloads.map((payload) => writer.frame(payload));
  const same = back.filter((frame, index) => frame.equals(frames[index]!));
  expect(decode('all', back)).toEqual(payloads);
  expect(same.length).toBeGreaterThan(600);
});

describe('a message', () => {
  const heartbeat = { message: 'HEARTBEAT', type: 6, autopilot: 8, mavlink_version: 3 };
  const read = async (payload: object, more: Partial<FrameWriterOptions> = {}): Promise<Payload | undefined> =>
    decode('all', [(await writerFor('all', more)).frame(payload)])[0];

  it('may name values, by their short names and by whole ones, and bits by a list of names', async () => {
    const named = {
      message: 'HEARTBEAT',
      type: 'MAV_TYPE_GCS',
      autopilot_name: 'INVALID',
      base_mode_names: ['SAFETY_ARMED', 'AUTO_ENABLED'],
    };
    expect(await read(named)).toMatchObject({
      type: 6,
      autopilot: 8,
      base_mode: 132,
      base_mode_names: ['AUTO_ENABLED', 'SAFETY_ARMED'],
    });
    const command = { message: 'COMMAND_LONG', command: 'COMPONENT_ARM_DISARM', param1: 1, target_system: 1 };
    expect(await read(command)).toMatchObject({ command: 400, param1: 1, target_system: 1 });
  });

  it('takes numbers of more digits than a double holds', async () => {
    const payload = readJson(
      '{ "message": "SYSTEM_TIME", "time_unix_usec": 18446744073709551615, "time_boot_ms": 1 }',
    ) as object;
    expect(await read(payload)).toMatchObject({ time_unix_usec: '18446744073709551615' });
    const attitude = readJson('{ "message": "ATTITUDE", "roll": 0.12345678901234567890123 }') as object;
    expect(await read(attitude)).toMatchObject({ roll: Math.fround(0.12345678901234568) });
    const huge = readJson('{ "message": "ATTITUDE", "roll": 1e400 }') as object;
    await expect(read(huge)).rejects.toThrow('"roll" of ATTITUDE is');
  });

  it('goes by its number where it has both', async () =>
    expect(await read({ ...heartbeat, type_name: 'QUADROTOR' })).toMatchObject({ type: 6, type_name: 'GCS' }));

  it('is spoken by the system and the component that it names, and else by those of the settings', async () => {
    expect(await read(heartbeat)).toMatchObject({ system_id: 255, component_id: 190 });
    expect(await read({ ...heartbeat, system_id: 7, component_id: 1 })).toMatchObject({
      system_id: 7,
      component_id: 1,
    });
  });

  it('is counted for each system and component', async () => {
    const writer = await writerFor('all', { keepsSequence: false });
    const from = [7, 7, 8, 7].map((system_id) => writer.frame({ ...heartbeat, system_id, sequence: 99 }));
    expect(decode('all', from).map(({ sequence }) => sequence)).toEqual([0, 1, 0, 2]);
    for (let n = 3; n < 256; n += 1) writer.frame({ ...heartbeat, system_id: 7 });
    expect(writer.frame({ ...heartbeat, system_id: 7 })[4]).toBe(0);
  });

  it('is signed so that it is accepted, each time anew, and by nobody with another key', async () => {
    let now = Date.parse('2026-01-01');
    const sign = signer(signingKey('correct horse'), 5, () => (now -= 1));
    const writer = await writerFor('all', { sign });
    const frames = [1, 2, 3].map(() => writer.frame(heartbeat));
    expect(decode('all', frames, verifier(signingKey('correct horse')))).toHaveLength(3);
    expect(frames[0]!.at(-13)).toBe(5);
    expect(() => decode('all', frames, verifier(signingKey('other')))).toThrow('bad_signature');
  });

  it.each([
    ['nothing', null, 'it is no object with a "message" of MAVLink'],
    ['a list', [], 'it is no object with a "message" of MAVLink'],
    ['no message', { type: 1 }, 'there is no "message" that names a message of MAVLink'],
    [
      'a message that there is none of',
      { message: 'HEARTBEET' },
      'the dialect has no message "HEARTBEET"; did you mean "HEARTBEAT"?',
    ],
    [
      'a field that it has none of',
      { message: 'COMMAND_LONG', parm1: 1 },
      'COMMAND_LONG has no field "parm1"; did you mean "param1"?',
    ],
    [
      'degrees where the whole number of a unit belongs',
      { message: 'GLOBAL_POSITION_INT', lat: 47.39 },
      '"lat" of GLOBAL_POSITION_INT is 47.39: it takes a whole number from -2147483648 to 2147483647 in degE7',
    ],
    [
      'too large a number',
      { message: 'HEARTBEAT', type: 256 },
      '"type" of HEARTBEAT is 256: it takes a whole number from 0 to 255',
    ],
    [
      'a negative one',
      { message: 'SYS_STATUS', load: -1 },
      '"load" of SYS_STATUS is -1: it takes a whole number from 0 to 65535 in d%',
    ],
    [
      'too large a float',
      { message: 'ATTITUDE', roll: 1e39 },
      '"roll" of ATTITUDE is 1e+39: it takes a number up to 3.4e38, or "NaN", "Infinity", "-Infinity" in rad',
    ],
    [
      'a number that is rounded',
      { message: 'SYSTEM_TIME', time_unix_usec: 2 ** 60 },
      '"time_unix_usec" of SYSTEM_TIME is 1152921504606847000: it takes a whole number from 0 to 18446744073709551615 in us, as a text where it is beyond 2^53',
    ],
    [
      'null',
      { message: 'ATTITUDE', roll: null },
      '"roll" of ATTITUDE is null: it takes a number up to 3.4e38, or "NaN", "Infinity", "-Infinity" in rad',
    ],
    [
      'a text for a number',
      { message: 'ATTITUDE', roll: '1' },
      '"roll" of ATTITUDE is "1": it is a text, and a number is wanted: it takes a number up to 3.4e38, or "NaN", "Infinity", "-Infinity" in rad',
    ],
    [
      'a text for a number that has names',
      { message: 'HEARTBEAT', type: '2' },
      '"type" of HEARTBEAT is "2": it is a text, and a number, or a name of "MAV_TYPE", is wanted: it takes a whole number from 0 to 255',
    ],
    [
      'a text for a whole number',
      { message: 'HEARTBEAT', custom_mode: '5' },
      '"custom_mode" of HEARTBEAT is "5": it is a text, and a number is wanted: it takes a whole number from 0 to 4294967295',
    ],
    [
      'a text for a number in a list',
      { message: 'BATTERY_STATUS', voltages: ['1'] },
      '"voltages" of BATTERY_STATUS is "1": it is a text, and a number is wanted: it takes a whole number from 0 to 65535 in mV',
    ],
    [
      'a text that is too large a number',
      { message: 'SYSTEM_TIME', time_unix_usec: '18446744073709551616' },
      '"time_unix_usec" of SYSTEM_TIME is "18446744073709551616": it takes a whole number from 0 to 18446744073709551615 in us, as a text where it is beyond 2^53',
    ],
    [
      'too many digits',
      readJson('{ "message": "HEARTBEAT", "custom_mode": 12345678901234567891 }'),
      '"custom_mode" of HEARTBEAT is 12345678901234567891: it takes a whole number from 0 to 4294967295',
    ],
    [
      'a system that is a text',
      { message: 'HEARTBEAT', system_id: '3' },
      '"system_id" is "3": it is a text, and a number is wanted: it takes a whole number from 0 to 255',
    ],
    [
      'the id of another message',
      { message: 'HEARTBEAT', message_id: 1 },
      '"message_id" is 1, but "HEARTBEAT" has the id 0: leave it out, or name the other message',
    ],
    [
      'an id that is a text',
      { message: 'HEARTBEAT', message_id: '0' },
      '"message_id" is "0", but "HEARTBEAT" has the id 0',
    ],
    [
      'something beside bytes',
      { message: 'STATUSTEXT', text: { bytes: 'ff', more: 1 } },
      '"text" of STATUSTEXT is {"bytes":"ff","more":1}: beside "bytes" there is no key "more"',
    ],
    [
      'a name that there is none of',
      { message: 'HEARTBEAT', type: 'QUADROTR' },
      '"type" of HEARTBEAT is "QUADROTR": there is no such name; did you mean "QUADROTOR"?',
    ],
    [
      'a bit that there is none of',
      { message: 'HEARTBEAT', base_mode_names: ['ARMED'] },
      '"base_mode" of HEARTBEAT is "ARMED": there is no such name',
    ],
    [
      'too long a text',
      { message: 'STATUSTEXT', text: 'ä'.repeat(26) },
      '"text" of STATUSTEXT is "ääääääääääääääääääääääääää": it takes 52 bytes, and 50 are the most',
    ],
    [
      'a number for a text',
      { message: 'STATUSTEXT', text: 1 },
      '"text" of STATUSTEXT is 1: it is a text of 50 bytes at most, or { "bytes": "…" } in hexadecimal',
    ],
    [
      'too long a list',
      { message: 'BATTERY_STATUS', voltages: new Array(11).fill(1) },
      '"voltages" of BATTERY_STATUS is [1,1,1,1,1,1,1,1,1,1,1]: it holds 10 values, not 11',
    ],
    [
      'no list',
      { message: 'BATTERY_STATUS', voltages: 1 },
      '"voltages" of BATTERY_STATUS is 1: it is a list of 10 values',
    ],
    [
      'a wrong value in a list',
      { message: 'BATTERY_STATUS', voltages: [1, 70_000] },
      '"voltages" of BATTERY_STATUS is 70000: it takes a whole number from 0 to 65535 in mV',
    ],
    [
      'a system that is none',
      { message: 'HEARTBEAT', system_id: 300 },
      '"system_id" is 300: it takes a whole number from 0 to 255',
    ],
  ])('with %s is refused with a sentence that names it', async (_, payload, sentence) => {
    const writer = await writerFor('all');
    expect(() => writer.frame(payload)).toThrow(sentence);
    expect(() => writer.frame(payload)).toThrow(expect.objectContaining({ name: 'InvalidMessage' }) as Error);
  });

  it('whose extensions version 1 cannot say is refused there, unless they are 0', async () => {
    const writer = await writerFor('all', { version: 1 });
    const battery = { message: 'BATTERY_STATUS', id: 1, time_remaining: 0, voltages_ext: [0, 0] };
    expect(writer.frame(battery)[1]).toBe(36);
    const sentence = ' of BATTERY_STATUS is an extension: extensions other than 0 need version 2 of MAVLink';
    expect(() => writer.frame({ ...battery, time_remaining: 5 })).toThrow(`"time_remaining"${sentence}`);
    expect(() => writer.frame({ ...battery, voltages_ext: [0, 256] })).toThrow(`"voltages_ext"${sentence}`);
    expect((await writerFor('all')).frame({ ...battery, time_remaining: 5 })[0]).toBe(0xfd);
  });

  it('whose id version 1 cannot say is refused there', async () => {
    const writer = await writerFor('all', { version: 1 });
    expect(() => writer.frame({ message: 'OPEN_DRONE_ID_BASIC_ID' })).toThrow(
      '"OPEN_DRONE_ID_BASIC_ID" has the id 12900: ids above 255 need version 2 of MAVLink',
    );
  });
});
