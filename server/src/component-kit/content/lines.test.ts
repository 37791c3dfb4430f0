import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from './lines.ts';

it('finds the same lines however the bytes are cut, and drops and tells those that are too long', () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r\n', '[') }), { maxLength: 30 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 12 }), (parts, size, longest) => {
      const bytes = Buffer.from(parts.join(''));
      let tooLong = 0;
      const splitter = new LineSplitter(longest, () => (tooLong += 1));
      const lines: (string | Buffer)[] = [];
      for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
      const whole = bytes.toString().split(/\r?\n/).slice(0, -1);
      const kept = whole.filter((line) => Buffer.byteLength(line) <= longest);
      expect(lines).toEqual(kept);
      expect(tooLong).toBe(whole.length - kept.length);
    }),
  );
});

it('takes a long line that comes byte by byte without copying it each time', { timeout: 60_000 }, () => {
  const splitter = new LineSplitter(1024 ** 2, () => undefined);
  const byte = Buffer.from('x');
  const before = performance.now();
  for (let n = 0; n < 500_000; n += 1) splitter.push(byte);
  const [line] = splitter.push(Buffer.from('\n'));
  expect(line?.length).toBe(500_000);
  expect(performance.now() - before).toBeLessThan(30_000);
});

it.each([
  [['a\rb\r'], ['a', 'b']],
  [
    ['a\r', 'b\r', 'c'],
    ['a', 'b'],
  ],
  [
    ['a\r', '\nb\r\n'],
    ['a', 'b'],
  ],
  [['a\r\nb\rc\r\n'], ['a', 'b\rc']],
  [
    ['a\rb', '\r\nc\r'],
    ['a', 'b', 'c'],
  ],
])('%j are the lines %j: one that ends with CR waits for no other', (chunks, expected) => {
  const splitter = new LineSplitter(100, () => undefined);
  expect(chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)))).toEqual(expected);
});

it('gives the bytes of a line that is no UTF-8', () => {
  const splitter = new LineSplitter(100, () => undefined);
  expect(splitter.push(Buffer.from('gr\xfcn\r\nblue\n', 'latin1'))).toEqual([Buffer.from('gr\xfcn', 'latin1'), 'blue']);
});
