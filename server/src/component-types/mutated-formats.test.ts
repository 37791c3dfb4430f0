import { afterEach, describe, expect, it } from 'vitest';
import { InvalidMessage } from '../engine/fault.ts';
import { rehearse } from '../component-kit/testing/rehearsal.ts';
import { feed, inputs, patienceMs, seed } from './mutated-inputs.ts';
import { format } from './processors/format/format.component.ts';
import { parse } from './processors/parse/parse.component.ts';

/** Inputs of each kind: a short form here, a million with `MUTATED_INPUTS=1000000`. */
const count = 'MUTATED_INPUTS' in process.env ? inputs : 2000;

const surprises: unknown[] = [];
process.on('unhandledRejection', (thrown) => surprises.push(thrown));
afterEach(() => expect(surprises.splice(0)).toEqual([]));

const msgpack = [
  '82a4726f6f6da468616c6ca474656d70cb4034800000000000',
  '93c0c3c40400010203d7ffa1a5d600695735a5',
  'de0002a161cf0020000000000001a16292cd0100d1ff7f',
  'dc0003c7050501020304058081a3e4b89690',
].map((hex) => Buffer.from(hex, 'hex'));

/** What is right in each format. */
const originals: readonly [name: string, config: object, texts: readonly (string | Buffer)[]][] = [
  [
    'json',
    {},
    ['{"a":[1,2.5,{"b":"x\\n"}],"c":null}', '{\n "a": 1\n}\n{"b":12345678901234567890}', '[true,"\\u00e4"] 7'],
  ],
  ['json_lines', {}, ['{"a":1}\n{"b":[]}\r\n\n{"c":"x"}']],
  ['csv', {}, ['a,b,c\n1,"x ""y""",3\n4,"two\nlines",\n', 'a;b\r\n1;2\r\n']],
  ['csv', { header: 'none', columns: ['a', 'b'] }, ['1,"x\ny"\n2,z', '"",\n']],
  ['key_value', {}, ['level=info msg="a \\"b\\"" n=1.5', 'a=1 a=2 "c d"=x\nb="\\n"']],
  ['key_value', { pair_separator: '; ', key_separator: ': ', flags: true }, ['a: 1; b; c: "x; y"']],
  ['pattern', { pattern: '^(?<ip>[\\d.]+) .*"(?<verb>[A-Z]+) (?<path>[^ ]*)' }, ['1.2.3.4 - [x] "GET /a/b HTTP"\n']],
  ['line_protocol', {}, ['m,a=b,c\\ d=e\\,f x=1,y="q\\"",z=t 1700000000000000000\n# c\nn v=7i,w=8u,s="two\nlines"']],
  [
    'xml',
    {},
    ['<?xml version="1.0"?><a b="1"><c>x &amp; y</c><c/><![CDATA[<z>]]><!-- n --></a>', '<a><b><c>1</c></b>t</a>'],
  ],
  ['msgpack', {}, msgpack],
];

describe(`${count} mutated inputs (seed ${seed})`, () => {
  it.each(originals)(
    'of %s %j: each is records, or refused with words; memory flat; what was read can be written',
    { timeout: patienceMs },
    async (name, config, texts) => {
      const tested = rehearse(parse, { format: name, ...config });
      const writers = ['json', 'csv', 'key_value', 'msgpack', 'xml', 'line_protocol'].map((kind) =>
        rehearse(format, { format: kind, measurement: 'm', fields: [] }),
      );
      const counts = { read: 0, refused: 0, written: 0 };
      const refusal = (thrown: unknown): Record<string, unknown[]> => {
        expect(thrown).toBeInstanceOf(InvalidMessage);
        expect((thrown as Error).message).toMatch(/^.{5,}/s);
        return {};
      };
      const right = texts.map((text) => (typeof text === 'string' ? Buffer.from(text) : text));
      const take = async (input: Buffer, n: number): Promise<void> => {
        const { out = [] } = await tested.feed([{ data: input.toString('base64') }]).catch((thrown: unknown) => {
          counts.refused += 1;
          return refusal(thrown);
        });
        counts.read += out.length;
        const writer = writers[n % writers.length]!;
        for (const record of out.slice(0, 3))
          counts.written += Object.keys(await writer.feed([record]).catch(refusal)).length;
        tested.invalid.length = tested.raws.length = 0;
      };
      await feed(right, take, count);
      expect(counts.read).toBeGreaterThan(count / 50);
      expect(counts.refused).toBeGreaterThan(count / 50);
      expect(counts.written).toBeGreaterThan(count / 100);
    },
  );
});
