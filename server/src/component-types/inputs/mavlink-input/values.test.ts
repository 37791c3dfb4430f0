import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fileInput } from '../file-input/file-input.component.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { mavlinkInput } from './mavlink-input.component.ts';

/** Frames with random values, and what pymavlink 2.4.50 makes of them. */
interface Expected {
  readonly frame: string;
  readonly message: string;
  readonly id: number;
  readonly system: number;
  readonly component: number;
  readonly sequence: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly names?: Readonly<Record<string, string | readonly string[] | null>>;
}
type Payload = Readonly<Record<string, unknown>>;

const lines = gunzipSync(readFileSync(join(import.meta.dirname, '../../../component-kit/mavlink/values.ndjson.gz')))
  .toString()
  .trim()
  .split('\n');
/** -0 is 0 in JSON as we write it. */
const withoutMinusZero = (_: string, value: unknown): unknown => (value === 0 ? 0 : value);
const all = lines.map((line) => JSON.parse(line, withoutMinusZero) as Expected);
const frames = all.map(({ frame }) => Buffer.from(frame, 'hex'));

const reserved = new Set(['sequence', 'message', 'message_id', 'system_id', 'component_id', 'time']);

/** What the payload has of what is expected, called as the reference calls it. */
const seenBy = ({ fields }: Expected, payload: Payload) => ({
  message: payload['message'],
  id: payload['message_id'],
  system: payload['system_id'],
  component: payload['component_id'],
  sequence: payload['sequence'],
  fields: Object.fromEntries(
    Object.keys(fields).map((field) => [field, payload[reserved.has(field) ? `${field}_field` : field]]),
  ),
});
const withoutNames = ({ message, id, system, component, sequence, fields }: Expected) => ({
  message,
  id,
  system,
  component,
  sequence,
  fields,
});

const isRightName = (own: unknown, name: string | readonly string[] | null): boolean => {
  if (name === null) return own === null || own === undefined;
  if (typeof name === 'string') return name.endsWith(String(own));
  return (
    Array.isArray(own) &&
    own.length === name.length &&
    own.every((each) => name.some((one) => one.endsWith(String(each))))
  );
};

/** Names that are others than those of the reference; the reference page says why. */
const known = [
  // the reference takes the end of an enumeration for a value
  /_ENUM_END"\]?$/,
  // a yes or a no is no mask
  /MAV_BOOL/,
  // bits that no name is known of have none
  /is not \[\]$/,
  // the protocol has this value, the reference does not
  /^HIGH_LATENCY2.type: "RADIO"/,
];
const wrongNames = ({ message, names = {} }: Expected, payload: Payload): string[] =>
  Object.entries(names).flatMap(([field, name]) => {
    const own = payload[`${field}_names`] ?? payload[`${field}_name`];
    const said = `${message}.${field}: ${JSON.stringify(own)} is not ${JSON.stringify(name)}`;
    return isRightName(own, name) || known.some((difference) => difference.test(said)) ? [] : [said];
  });

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});
const open = async (config: object, type = mavlinkInput): Promise<Rehearsal> => {
  const input = rehearse(type, config);
  ended.push(() => input.close());
  await input.open();
  return input;
};
const listen = async (config: object): Promise<Rehearsal> => open({ host: '127.0.0.1', port: 0, ...config });
const recording = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-values-'));
  ended.push(() => rmSync(folder, { recursive: true }));
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(1_700_000_000_000_000n);
  const path = join(folder, 'values.tlog');
  writeFileSync(path, Buffer.concat(frames.flatMap((frame) => [stamp, frame])));
  return path;
};

const ways: readonly (readonly [string, () => Promise<Rehearsal>])[] = [
  [
    'UDP',
    async () => {
      const input = await listen({});
      const socket = createSocket('udp4');
      ended.push(() => socket.close());
      for (const [index, frame] of frames.entries()) {
        socket.send(frame, Number(input.facts()['listening']), '127.0.0.1');
        // never more ahead than a socket can hold
        if (index % 50 === 0) await until('packets are read', () => Number(input.facts()['datagrams']) > index);
      }
      return input;
    },
  ],
  [
    'TCP',
    async () => {
      const input = await listen({ source: 'tcp_listen' });
      const line = connect(Number(input.facts()['listening']), '127.0.0.1');
      ended.push(() => line.destroy());
      line.write(Buffer.concat(frames));
      return input;
    },
  ],
  ['a recording', async () => open({ source: 'tlog', path: recording(), speed: 0 })],
  ['a recording that the file input reads', async () => open({ path: recording(), format: 'tlog' }, fileInput)],
];

describe.each(ways)('by %s', (_, send) => {
  it('every message has the values and the names of the reference in all its fields', async () => {
    const input = await send();
    await until('all are there', () => input.emitted.length >= all.length);
    const payloads = input.payloads() as Payload[];
    expect(new Set(all.map(({ message }) => message)).size).toBe(344);
    expect(all.map((expected, index) => seenBy(expected, payloads[index]!))).toEqual(all.map(withoutNames));
    expect(all.flatMap((expected, index) => wrongNames(expected, payloads[index]!))).toEqual([]);
    expect([input.drops, input.faults]).toEqual([{}, []]);
  });
});
