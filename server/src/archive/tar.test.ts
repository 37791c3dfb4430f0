import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Part, partsOf, tarOf } from './tar.ts';

async function* each<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}
const collected = async <Value>(values: AsyncIterable<Value>): Promise<Value[]> => {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
};
const archive = async (parts: readonly Part[]) => Buffer.concat(await collected(tarOf(each(parts), new Date(0))));
const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

it('is read back as it was written, in whatever pieces it comes', async () => {
  const part = fc.record({ name: fc.stringMatching(/^[a-z/]{1,100}$/), data: fc.uint8Array({ maxLength: 2000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.integer({ min: 1, max: 3000 }), async (parts, size) => {
      const given = parts.map(({ name, data }) => ({ name, data: Buffer.from(data) }));
      const read = await collected(partsOf(each(cut(await archive(given), size))));
      expect(read).toEqual(given);
    }),
    { numRuns: 60 },
  );
});

it('can be listed by tar', async () => {
  const bytes = await archive([
    { name: 'about.json', data: Buffer.from('{}') },
    { name: 'buckets/a.ndjson', data: Buffer.alloc(700) },
  ]);
  expect(execFileSync('tar', ['-tf', '-'], { input: bytes, encoding: 'utf8' })).toBe('about.json\nbuckets/a.ndjson\n');
});

it('is refused where it is cut anywhere, or something else', async () => {
  const bytes = await archive([{ name: 'a', data: Buffer.from('payload') }]);
  for (const length of [0, 1, 511, 512, 515, 1023, 1024])
    await expect(collected(partsOf(each([bytes.subarray(0, length)])))).rejects.toThrow(/ends too early/);
  await expect(collected(partsOf(each([Buffer.alloc(2048, 'x')])))).rejects.toThrow(/no backup/);
});
