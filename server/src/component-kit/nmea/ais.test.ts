import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { besideWords, fromPyais } from './pyais-names.ts';

/** What pyais 3.3 gives for messages that gpsd's authors have recorded (BSD 2-clause): of all types, 1 to 27. */
interface Known {
  readonly sentences: readonly string[];
  readonly fields: Readonly<Record<string, unknown>> & { readonly msg_type: number };
}
const known = readFileSync(join(import.meta.dirname, 'messages-of-pyais.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Known);

type Payload = Readonly<Record<string, unknown>>;

const read = (...lines: readonly string[]) => {
  const payloads: Payload[] = [];
  const refused: string[] = [];
  const invalid: string[] = [];
  const decoder = new Decoder({
    sentences: [],
    needsChecksum: true,
    refused: (reason) => refused.push(reason),
    invalid: (sentence) => invalid.push(sentence),
  });
  const line = decoder.line((payload) => payloads.push(payload));
  line.push(Buffer.from(`${lines.join('\r\n')}\r\n`), 0);
  line.finish(0);
  return { payloads, refused, invalid };
};

describe('a message says what another program reads in it, by our names', () => {
  it.each(known.map((each) => [each.fields.msg_type, each.sentences[0]!, each] as const))(
    'type %i: %s',
    (_, __, { sentences, fields }) => {
      const { payloads, refused, invalid } = read(...sentences);
      expect([refused, invalid, payloads.length]).toEqual([[], [], 1]);
      expect(besideWords(payloads[0]!)).toEqual(fromPyais(fields));
    },
  );
});

it('knows them all', () => {
  expect(new Set(known.map(({ fields }) => fields.msg_type))).toEqual(
    new Set(Array.from({ length: 27 }, (_, n) => n + 1)),
  );
});
