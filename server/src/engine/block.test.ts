import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedBlock, decodeBlock, decodeMessages, encodeBlock, encodeMessages, headOf } from './block.ts';
import { Message } from './message.ts';

const nothing = { total: 0, done: 0 };
const shown = ({ id, time, headers, payload }: Message) => ({ id, time, headers, payload });
const someMessages = fc.array(
  fc
    .record({
      payload: fc.oneof(fc.jsonValue(), fc.uint8Array({ maxLength: 30 })),
      time: fc.oneof(fc.nat(2 ** 42), fc.constant(1000)),
      source: fc.constantFrom('flow.a.1', 'flow.b.2'),
      sequence: fc.oneof(fc.nat(), fc.nat(3)),
      headers: fc.oneof(
        fc.constantFrom({ unit: 'm' }, {}),
        fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 2, noNullPrototype: true }),
      ),
    })
    .map(({ payload, time, source, sequence, headers }) => new Message(payload, time, source, sequence, headers)),
  { minLength: 1, maxLength: 20 },
);

describe('a block', () => {
  it('gives back what was put in, whatever it was', () => {
    fc.assert(
      fc.property(someMessages, fc.nat(), fc.nat(), (messages, before, done) => {
        const bytes = encodeBlock(messages, { total: before, done });
        const { messages: read, total } = decodeBlock(bytes);
        const plain = (payload: unknown) =>
          payload instanceof Uint8Array ? [...payload] : (JSON.parse(JSON.stringify(payload)) as unknown);
        expect(read.map(shown).map((each) => ({ ...each, payload: plain(each.payload) }))).toEqual(
          messages.map(shown).map((each) => ({ ...each, payload: plain(each.payload) })),
        );
        expect(total).toBe(before + messages.length);
        expect(headOf(bytes)).toMatchObject({ total, done, count: messages.length });
      }),
    );
  });

  it('keeps the text of a payload to the letter, tabs and large integers too', () => {
    const text = '{"id":\t12345678901234567890, "a": 1e2}';
    const message = new Message(JSON.parse(text), 1, 'flow.a.1', 1, {}, text);
    expect(decodeBlock(encodeBlock([message], nothing)).messages[0]?.json).toBe(text);
  });

  it('keeps JSON on several lines as the same value', () => {
    const text = '{"a": [1,\n\t2]}\n';
    const message = new Message(JSON.parse(text), 1, 'flow.a.1', 1, {}, text);
    const [first, second] = decodeBlock(encodeBlock([message, message], nothing)).messages;
    expect([first?.payload, second?.payload]).toEqual([{ a: [1, 2] }, { a: [1, 2] }]);
  });

  it('knows when a byte of it was changed', () => {
    const bytes = encodeBlock([new Message({ a: 1 }, 1, 'flow.a.1', 1)], nothing);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ flip;
        const read = () => decodeBlock(changed);
        if (at > bytes.indexOf(0x0a)) expect(read).toThrow('checksum');
        else
          try {
            expect(read().messages).toHaveLength(1);
          } catch (thrown) {
            expect((thrown as Error).name).toBe('DamagedBlock');
          }
      }),
    );
  });

  const two = [
    new Message({ a: 1 }, 1000, 'flow.a.1', 35, { unit: 'm' }),
    new Message(new Uint8Array([1, 2, 3]), 1001, 'flow.a.1', 36),
  ];
  const lines = 'flow.a.1\tz\trs\t{"unit":"m"}\t{"a":1}\n\t\trt\t\t=AQID\n';

  it('is lines of text that other versions read', () => {
    expect(encodeMessages(two).toString()).toBe(lines);
    const checksums = `${crc32(lines)} ${crc32('run1 a:b:7,c:8')}`;
    const positions = [
      { source: 'a:b', sequence: 7 },
      { source: 'c', sequence: 8 },
    ];
    expect(encodeBlock(two, { total: 40, done: 3, run: 'run1', positions }).toString()).toBe(
      `semstreams-block 2 2 42 3 ${checksums} run1 a:b:7,c:8\n${lines}`,
    );
  });

  it('leaves out what the line before says', () => {
    const headers = { unit: 'm' };
    const four = [7, 8, 9, 12].map((sequence) => new Message(sequence, 1000, 'a', sequence, { ...headers }));
    const text = 'a\t7\trs\t{"unit":"m"}\t7\n\t\t\t"\t8\n\t\t\t"\t9\n\tc\t\t"\t12\n';
    expect(encodeMessages(four).toString()).toBe(text);
    expect(decodeMessages(Buffer.from(text), 4).map(shown)).toEqual(four.map(shown));
  });

  it('of the first format is read as it is', () => {
    const first = 'flow.a.1\tz\trs\t{"unit":"m"}\t{"a":1}\n\t10\trt\t{"unit":"m"}\t=AQID\n';
    const block = Buffer.from(`semstreams-block 1 2 42 3 ${crc32(first)}\n${first}`);
    expect(decodeBlock(block).messages.map(({ id, time, headers: { unit } }) => [id, time, unit])).toEqual([
      ['flow.a.1-z', 1000, 'm'],
      ['flow.a.1-10', 1001, 'm'],
    ]);
  });

  it.each([
    '\t\trs\t\t1\n',
    'a\tz\t\t\t1\n',
    'a\tz\t!\t\t1\n',
    'a\tz\trs\t\t1',
    'x\n',
    'a\tz\trs\n',
    'a\tz\n\trs\t\t1\n',
    '\n',
    'a\tz\trs\t[1]\t1\n',
    'a\tz\trs\t{"a":1}\t1\n',
    'a\tz\trs\tnull\t1\n',
    'a\tz\trs\t{\t1\n',
  ])('is refused where a line is none: %j', (line) =>
    expect(() => decodeMessages(Buffer.from(line), 1)).toThrow('the line of message 1 is none'),
  );

  it('is read to an end whatever stands in it', () => {
    const piece = fc.constantFrom('\t', '\n', 'a', '"', '{}', '=', '1', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          decodeMessages(Buffer.from(pieces.join('')), 3);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(DamagedBlock);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('says in its first line alone of what run and of which sources it is', () => {
    const positions = [{ source: 'a:b', sequence: 7 }];
    const progress = [['a.out → b.in', 's1', 5, 16777217]] as const;
    const head = { count: 2, total: 42, done: 3, checksum: crc32(lines) };
    expect(headOf(encodeBlock(two, { total: 40, done: 3 }))).toMatchObject({
      ...head,
      run: '',
      positions: [],
      progress: [],
    });
    expect(headOf(encodeBlock(two, { total: 40, done: 3, run: 'run1', positions, progress }))).toMatchObject({
      ...head,
      run: 'run1',
      positions,
      progress,
    });
  });

  it.each([
    ['of a version that knew no origins', `semstreams-block 1 2 42 3 ${crc32(lines)}\n`],
    ['of which the origins are damaged', `semstreams-block 1 2 42 3 ${crc32(lines)} 1 run1 a:7\n`],
    ['of which the origins are cut', `semstreams-block 1 2 42 3 ${crc32(lines)} ${crc32('run1 a:7')}\n`],
  ])('%s holds its messages, and nothing is known of where they are from', (_, first) => {
    const block = Buffer.from(first + lines);
    expect(decodeBlock(block).messages.map(({ json, bytes }) => bytes ?? json)).toEqual([
      '{"a":1}',
      Buffer.from([1, 2, 3]),
    ]);
    expect(headOf(block)).toMatchObject({ run: '', positions: [], progress: [] });
  });

  it.each([
    ['not a block\n', 'it does not begin like a block'],
    ['', 'it does not begin like a block'],
    ['semstreams-block 3 1 1 0 5\n', 'its format is 3, and this version knows 1 and 2'],
    ['semstreams-block 1 1 1 0\n', 'its first line is cut'],
    ['semstreams-block 1 1 x 0 5\n', 'its first line is cut'],
    [`semstreams-block 1 3 42 3 ${crc32(lines)}\n${lines}`, 'it holds 2 messages instead of 3'],
    [`semstreams-block 1 2 42 3 ${crc32(lines) + 1}\n${lines}`, 'its checksum is wrong'],
  ])('is refused where it is damaged: %j', (text, sentence) =>
    expect(() => decodeBlock(Buffer.from(text))).toThrow(new DamagedBlock(sentence)),
  );

  it('knows about how many bytes each message takes', () => {
    const sizes = decodeMessages(Buffer.from(lines), 2).map(({ size }) => size);
    expect(sizes).toEqual(['{"a":1}'.length, '\t=AQID'.length]);
  });
});
