import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBlock, encodeBlock, headOf } from './block.ts';
import { Message } from './message.ts';

const nothing = { total: 0, done: 0 };
const shown = ({ id, time, headers, payload }: Message) => ({ id, time, headers, payload });
const someMessages = fc.array(
  fc
    .record({
      payload: fc.oneof(fc.jsonValue(), fc.uint8Array({ maxLength: 30 })),
      time: fc.nat(2 ** 42),
      source: fc.constantFrom('flow.a.1', 'flow.b.2'),
      sequence: fc.nat(),
      headers: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 2, noNullPrototype: true }),
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
});
