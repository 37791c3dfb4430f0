import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { GzipProblem, gunzipped } from './gzip.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-gzip-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Unpacked {
  readonly bytes: Buffer;
  /** Bytes behind the end that are no padding. */
  readonly behind: number;
  readonly problem: string | undefined;
}

const unpack = async (packed: Uint8Array): Promise<Unpacked> => {
  const path = join(folder, 'file');
  writeFileSync(path, packed);
  const handle = await open(path);
  const chunks: Buffer[] = [];
  let behind = 0;
  let problem: string | undefined;
  try {
    for await (const chunk of gunzipped(handle, (bytes) => (behind = bytes))) chunks.push(Buffer.from(chunk));
  } catch (thrown) {
    if (!(thrown instanceof GzipProblem)) throw thrown;
    problem = thrown.message;
  } finally {
    await handle.close();
  }
  return { bytes: Buffer.concat(chunks), behind, problem };
};

const text = '{"n":1}\n{"n":2}\n{"n":3}\n';
const packed = gzipSync(text);
const zeros = (count: number) => Buffer.alloc(count);
/** The same data under a header with all that a header may have. */
const fullHeader = Buffer.concat([
  packed.subarray(0, 3),
  Buffer.from([2 | 4 | 8 | 16]),
  packed.subarray(4, 10),
  Buffer.from('\x05\0extra' + 'name\0' + 'comment\0' + 'cc', 'latin1'),
  packed.subarray(10),
]);

/** The same data under a header with some of it. */
const under = (flags: number, more: string): Buffer =>
  Buffer.concat([
    packed.subarray(0, 3),
    Buffer.from([flags]),
    packed.subarray(4, 10),
    Buffer.from(more, 'latin1'),
    packed.subarray(10),
  ]);

it.each([
  ['extra bytes', under(4, '\x03\0abc'), undefined],
  ['no extra bytes', under(4, '\0\0'), undefined],
  ['a name', under(8, 'name\0'), undefined],
  ['a comment', under(16, '\0'), undefined],
  ['a sum', under(2, 'cc'), undefined],
  ['the mark for text', under(1, ''), undefined],
  ['a mark that there is none of', under(32, ''), 'marks that gzip does not know'],
  ['a name that does not end', under(8, 'x'.repeat(2_000_000)), 'its header does not end'],
])('a header with %s is read', async (_, file, problem) => {
  const found = await unpack(file);
  expect(found.problem === undefined ? found.bytes.toString() : found.problem).toContain(problem ?? text);
});

describe('bytes behind the end', () => {
  it.each<[string, Uint8Array, Partial<Unpacked> & { times?: number }]>([
    ['none', packed, {}],
    ['zeros', Buffer.concat([packed, zeros(1)]), {}],
    ['zeros up to a block', Buffer.concat([packed, zeros(100_000)]), {}],
    ['another member', Buffer.concat([packed, packed]), { times: 2 }],
    ['many members', Buffer.concat(Array.from({ length: 500 }, () => packed)), { times: 500 }],
    ['another member behind zeros', Buffer.concat([packed, zeros(512), packed]), { times: 2 }],
    ['one byte', Buffer.concat([packed, Buffer.from('\n')]), { behind: 1 }],
    ['junk', Buffer.concat([packed, Buffer.from('-- signature --')]), { behind: 15 }],
    ['junk behind zeros', Buffer.concat([packed, zeros(512), Buffer.from('x'), zeros(3)]), { behind: 4 }],
    ['much junk', Buffer.concat([packed, Buffer.alloc(1_000_000, 'x')]), { behind: 1_000_000 }],
    ['what begins like a member and is none', Buffer.concat([packed, Buffer.from([0x1f, 0x8b, 9, 9])]), { behind: 4 }],
    ['a member with a long header', Buffer.concat([packed, fullHeader]), { times: 2 }],
  ])('%s', async (_, file, { times = 1, behind = 0 }) => {
    expect(await unpack(file)).toEqual({ bytes: Buffer.from(text.repeat(times)), behind, problem: undefined });
  });
});

describe('a file that is cut', () => {
  it('at any place gives what is before, and says so', async () => {
    const whole = Buffer.concat([fullHeader, packed]);
    const all = Buffer.from(text.repeat(2));
    for (let length = 2; length < whole.length; length += 1) {
      const { bytes, behind, problem } = await unpack(whole.subarray(0, length));
      expect(all.subarray(0, bytes.length).equals(bytes)).toBe(true);
      // between two members it is a whole file
      if (length !== fullHeader.length) expect(problem).toContain('is cut');
      if (length >= fullHeader.length) expect(bytes.length).toBeGreaterThanOrEqual(text.length);
      expect(behind).toBe(0);
    }
  });
});

describe('a damaged file', () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"x":"${(n * 7919) % 10_007}"}\n`).join('');

  it('gives what stands before the damage, to the last byte that can be known', async () => {
    const whole = gzipSync(lines);
    const at = whole.length >> 1;
    const file = Buffer.concat([whole.subarray(0, at), randomBytes(2000).fill(0xff), whole.subarray(at + 2000)]);
    const { bytes, problem } = await unpack(file);
    expect(problem).toContain('is damaged');
    const upToDamage = await unpack(whole.subarray(0, at));
    expect(bytes.length).toBeGreaterThanOrEqual(upToDamage.bytes.length);
    expect(bytes.subarray(0, upToDamage.bytes.length).equals(upToDamage.bytes)).toBe(true);
    expect(Buffer.from(lines).subarray(0, upToDamage.bytes.length).equals(upToDamage.bytes)).toBe(true);
  });

  it.each([
    ['checksum', -8],
    ['length', -4],
  ])('gives all where only its %s is wrong', async (what, at) => {
    const file = Buffer.from(packed);
    file[file.length + at]! ^= 1;
    expect(await unpack(file)).toEqual({
      bytes: Buffer.from(text),
      behind: 0,
      problem: expect.stringContaining(`its ${what} does not fit`) as string,
    });
  });

  it('is said, whatever is wrong with it, and nothing else happens', async () => {
    const whole = Buffer.concat([fullHeader, gzipSync(lines.slice(0, 3000)), Buffer.from('junk')]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          const file = Buffer.from(whole);
          for (const [at, byte] of changes) file[at] = byte;
          await unpack(file);
        },
      ),
      { numRuns: 150 },
    );
  });
});

it('unpacks a large file in little memory', async () => {
  const large = Buffer.alloc(64 * 1024 ** 2, 'some line of text\n');
  const before = process.memoryUsage().rss;
  const path = join(folder, 'large');
  writeFileSync(path, gzipSync(large));
  const handle = await open(path);
  let length = 0;
  for await (const chunk of gunzipped(handle, () => undefined)) length += chunk.length;
  await handle.close();
  expect(length).toBe(large.length);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2);
});
