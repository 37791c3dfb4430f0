import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfMark, type Frame, type FramingOptions, newFramer } from './framing.ts';

const standard: FramingOptions = {
  framing: 'lines',
  end: Buffer.from(';'),
  lengthBytes: 2,
  lengthOrder: 'big',
  countsItself: false,
  frameLength: 3,
};
const latin = (frames: readonly Frame[]): string[] =>
  frames.map((frame) => (typeof frame === 'string' ? frame : frame.toString('latin1')));

const cases: [string, Partial<FramingOptions>, string, string[]][] = [
  ['lines', { framing: 'lines' }, 'a\nb\r\nc\n', ['a', 'b', 'c']],
  ['lines that end with CR', { framing: 'lines' }, 'a\rb\rc\r', ['a', 'b', 'c']],
  ['CR', { framing: 'cr' }, 'a\nb\rc\r', ['a\nb', 'c']],
  ['NUL', { framing: 'nul' }, 'a\0\0b\n\0', ['a', 'b\n']],
  ['an end of one', { framing: 'end' }, 'a;b;;c;', ['a', 'b', 'c']],
  ['an end of two', { framing: 'end', end: Buffer.from('\r\r') }, 'a\r\rb\rc\r\r', ['a', 'b\rc']],
  ['STX and ETX', { framing: 'stx_etx' }, 'x\x02a\x03\r\n\x02b\x03noise\x03', ['a', 'b']],
  ['a length of two', { framing: 'length' }, '\0\x01a\0\0\0\x03bcd', ['a', 'bcd']],
  ['a length of one', { framing: 'length', lengthBytes: 1 }, '\x01a\x03bcd', ['a', 'bcd']],
  ['a length of four', { framing: 'length', lengthBytes: 4, lengthOrder: 'little' }, '\x02\0\0\0ab', ['ab']],
  ['a length that counts itself', { framing: 'length', countsItself: true }, '\0\x03a\0\x05bcd', ['a', 'bcd']],
  ['so many bytes each', { framing: 'fixed' }, 'abcd\nfg', ['abc', 'd\nf']],
  ['JSON', { framing: 'json' }, '{"a":1}{"b":\n2}', ['{"a":1}', '{"b":\n2}']],
];

it.each(cases)('cuts by %s, however the bytes come', (_, more, text, expected) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), (size) => {
      const framer = newFramer({ ...standard, ...more }, 100, () => undefined);
      const bytes = Buffer.from(text, 'latin1');
      const frames: Frame[] = [];
      for (let at = 0; at < bytes.length; at += size) frames.push(...framer.push(bytes.subarray(at, at + size)));
      expect(latin(frames).filter((frame) => frame !== '')).toEqual(expected);
    }),
  );
});

it.each(cases.slice(2, 11))(
  'passes over what is too long, counts it, and goes on: by %s',
  (_, more, text, expected) => {
    const long: Readonly<Record<string, string>> = {
      cr: `${'x'.repeat(500)}\r`,
      nul: `${'x'.repeat(500)}\0`,
      end: `${'x'.repeat(500)}${(more.end ?? standard.end).toString()}`,
      stx_etx: `\x02${'x'.repeat(500)}\x03`,
      length: lengthOf(500, { ...standard, ...more }) + 'x'.repeat(500),
    };
    if (more.lengthBytes === 1) return;
    let tooLong = 0;
    const framer = newFramer({ ...standard, ...more }, 100, () => (tooLong += 1));
    const bytes = Buffer.from(long[more.framing!]! + text, 'latin1');
    const frames: Frame[] = [];
    for (let at = 0; at < bytes.length; at += 7) frames.push(...framer.push(bytes.subarray(at, at + 7)));
    expect([latin(frames), tooLong]).toEqual([expected, 1]);
  },
);

const lengthOf = (length: number, { lengthBytes, lengthOrder, countsItself }: FramingOptions): string => {
  const bytes = Buffer.alloc(lengthBytes);
  const written = Math.min(length + (countsItself ? lengthBytes : 0), 2 ** (8 * lengthBytes) - 1);
  if (lengthOrder === 'big') bytes.writeUIntBE(written, 0, lengthBytes);
  else bytes.writeUIntLE(written, 0, lengthBytes);
  return bytes.toString('latin1');
};

it('takes what silence has ended', () => {
  const framer = newFramer({ ...standard, framing: 'idle' }, 100, () => undefined);
  expect(framer.push(Buffer.from('ab'))).toEqual([]);
  framer.push(Buffer.from('c'));
  expect([framer.flush?.()?.toString(), framer.flush?.()]).toEqual(['abc', undefined]);
});

it('takes a long frame that comes byte by byte without looking at it each time', () => {
  const framer = newFramer({ ...standard, framing: 'nul' }, 1024 ** 2, () => undefined);
  const before = performance.now();
  for (let n = 0; n < 300_000; n += 1) framer.push(Buffer.from('x'));
  expect(framer.push(Buffer.from('\0'))[0]?.length).toBe(300_000);
  expect(performance.now() - before).toBeLessThan(5000);
});

it.each([
  ['\\r\\n', '\r\n'],
  ['\\x03', '\x03'],
  ['\\\\0', '\\0'],
  [';', ';'],
  ['\\0', '\0'],
])('the end %j is %j', (text, bytes) => expect(bytesOfMark(text).toString('latin1')).toBe(bytes));
