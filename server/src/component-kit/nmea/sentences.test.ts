import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { fromPynmea2 } from './pynmea2-names.ts';

/** What pynmea2 1.19 gives for sentences of real receivers that gpsd's authors have recorded (BSD 2-clause). */
interface Known {
  readonly sentence: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}
const known = readFileSync(join(import.meta.dirname, 'sentences-of-pynmea2.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Known);

type Payload = Readonly<Record<string, unknown>>;

const read = (...lines: readonly string[]): readonly Payload[] => {
  const payloads: Payload[] = [];
  const decoder = new Decoder({
    sentences: [],
    needsChecksum: true,
    refused: (reason) => expect.unreachable(reason),
    invalid: (sentence) => expect.unreachable(sentence),
  });
  decoder.line((payload) => payloads.push(payload)).push(Buffer.from(`${lines.join('\r\n')}\r\n`), 0);
  return payloads;
};

describe('a sentence says what another program reads in it, by our names', () => {
  it.each(known.map((each) => [each.sentence, each] as const))('%s', (sentence, { type, fields, values }) => {
    const [payload, ...more] = read(sentence);
    expect(more).toEqual([]);
    const wanted = fromPynmea2(type, { sentence, fields, values });
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, payload![name]]))).toEqual(wanted);
    expect(payload).not.toHaveProperty('unread');
  });
});

/** Sentences as manuals print them, of types that receivers seldom speak; pynmea2 reads the same in those that it knows. */
const documented = readFileSync(join(import.meta.dirname, 'documented-sentences.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { readonly sentence: string; readonly payload: Payload });

it.each(documented)('$sentence', ({ sentence, payload }) => expect(read(sentence)).toEqual([payload]));
