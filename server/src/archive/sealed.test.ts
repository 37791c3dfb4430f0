import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { seal, unseal } from './sealed.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const joined = async (bytes: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const piece of bytes) all.push(piece);
  return Buffer.concat(all);
};
const chunk = 64 * 1024;

it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 200_001])(
  'opens %d bytes as they were sealed',
  async (length) => {
    const given = randomBytes(length);
    const sealed = await joined(seal(inPieces(given, 10_007), 'pass'));
    expect(sealed.includes(given.subarray(0, 16)) && length >= 16).toBe(false);
    expect((await joined(unseal(inPieces(sealed, 999), 'pass'))).equals(given)).toBe(true);
  },
);

it('does not open with another passphrase, nor where it was changed, cut or put together anew', async () => {
  const sealed = await joined(seal(inPieces(randomBytes(2 * chunk + 10), chunk), 'pass'));
  const open = async (bytes: Buffer, passphrase = 'pass') => joined(unseal(inPieces(bytes, chunk), passphrase));
  const head = 36;
  const piece = chunk + 16;
  const changed = Buffer.from(sealed);
  changed[sealed.length - 20]! ^= 1;
  const swapped = Buffer.concat([
    sealed.subarray(0, head),
    sealed.subarray(head + piece, head + 2 * piece),
    sealed.subarray(head, head + piece),
    sealed.subarray(head + 2 * piece),
  ]);
  await expect(open(sealed, 'other')).rejects.toThrow('the passphrase is another one, or the file is damaged');
  await expect(open(changed)).rejects.toThrow('damaged or cut');
  await expect(open(swapped)).rejects.toThrow('damaged');
  for (const length of [0, 10, head, head + 100, head + piece, head + 2 * piece, sealed.length - 1])
    await expect(open(sealed.subarray(0, length))).rejects.toThrow(/damaged/);
});
