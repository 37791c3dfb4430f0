import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { messagesOf } from './dialects.ts';
import { Decoder } from './decoder.ts';

/** Frames with random values, and what pymavlink 2.4.50 makes of them. */
interface Expected {
  readonly frame: string;
  readonly message: string;
  readonly id: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly names?: Readonly<Record<string, string | readonly string[] | null>>;
}
const lines = gunzipSync(readFileSync(join(import.meta.dirname, 'values.ndjson.gz')))
  .toString()
  .trim()
  .split('\n');
const known = messagesOf('all');
/** -0 is 0 in JSON as we write it. */
const withoutMinusZero = (_: string, value: unknown): unknown => (value === 0 ? 0 : value);
const all = lines.map((line) => JSON.parse(line, withoutMinusZero) as Expected).filter(({ id }) => known.has(id));

const reserved = new Set(['sequence', 'message', 'message_id', 'system_id', 'component_id', 'time']);
const decode = (hex: string): Readonly<Record<string, unknown>> => {
  const payloads: Readonly<Record<string, unknown>>[] = [];
  const decoder = new Decoder({
    types: known,
    messages: [],
    systems: [],
    message: (payload) => payloads.push(payload),
    refused: () => undefined,
  });
  decoder.line().push(Buffer.from(hex, 'hex'), 0);
  return payloads[0]!;
};

it('has the values of the reference in every field of every message', () => {
  expect(all.length).toBe(688);
  for (const { frame, message, fields } of all) {
    const payload = decode(frame);
    const own = Object.fromEntries(
      Object.keys(fields).map((field) => [field, payload[reserved.has(field) ? `${field}_field` : field]]),
    );
    expect({ message: payload['message'], ...own }, frame).toEqual({ message, ...fields });
  }
});

it('has the names of the reference, without what all names of an enumeration begin with', () => {
  const wrong: string[] = [];
  for (const { frame, message, names } of all) {
    const payload = decode(frame);
    for (const [field, name] of Object.entries(names ?? {})) {
      const own = payload[`${field}_names`] ?? payload[`${field}_name`];
      const isRight =
        typeof name === 'object' && name !== null
          ? Array.isArray(own) &&
            own.length === name.length &&
            own.every((each) => name.some((one) => one.endsWith(String(each))))
          : name === null
            ? own === null || own === undefined
            : name.endsWith(String(own));
      if (!isRight) wrong.push(`${message}.${field}: ${JSON.stringify(own)} is not ${JSON.stringify(name)}`);
    }
  }
  // the reference takes the end of a list for a name, calls a yes or no a bitmask, and does not know this type
  expect(wrong.filter((each) => !/MAV_BOOL|_ENUM_END|is not \[\]$|^HIGH_LATENCY2.type: "RADIO"/.test(each))).toEqual(
    [],
  );
});
