import { createCipheriv, createDecipheriv, type DecipherGCM, randomBytes, scrypt } from 'node:crypto';

/** The file cannot be opened; the message says whether the passphrase or the file is wrong. */
export class CannotUnseal extends Error {
  override readonly name = 'CannotUnseal';
}

/** How a sealed backup begins. */
export const sealedMagic = Buffer.from('SEMSTREAMS SEALED 1\n', 'latin1');

const saltBytes = 16;
const tagBytes = 16;
const chunkBytes = 64 * 1024;
/** What OWASP names as enough, in the form that takes 32 MB of memory. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 ** 2 };

/**
 * Seals bytes with a passphrase: scrypt makes the key, AES-256-GCM seals chunk by chunk. The number of a chunk and whether
 * it is the last are part of its nonce, so chunks can be neither left out nor exchanged, and an end that is missing shows.
 */
export async function* seal(bytes: AsyncIterable<Uint8Array>, passphrase: string): AsyncIterable<Buffer> {
  const salt = randomBytes(saltBytes);
  const head = Buffer.concat([sealedMagic, salt]);
  const key = await keyOf(passphrase, salt);
  yield head;
  let number = 0;
  for await (const { chunk, isLast } of chunked(bytes, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast)).setAAD(head);
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

/** What was sealed. Throws a CannotUnseal where the passphrase is another one, or the file was changed or cut. */
export async function* unseal(bytes: AsyncIterable<Uint8Array>, passphrase: string): AsyncIterable<Buffer> {
  const head: Buffer[] = [];
  let key: Buffer | undefined;
  let number = 0;
  const headBytes = sealedMagic.length + saltBytes;
  for await (const { chunk, isLast } of chunked(after(bytes, headBytes, head), chunkBytes + tagBytes)) {
    key ??= await keyOf(passphrase, head[0]!.subarray(sealedMagic.length));
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast)).setAAD(head[0]!);
    yield opened(chunk, decipher, number);
    number += 1;
  }
}

const opened = (chunk: Buffer, decipher: DecipherGCM, number: number): Buffer => {
  try {
    decipher.setAuthTag(chunk.subarray(-tagBytes));
    return Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new CannotUnseal(
      number === 0 ? 'the passphrase is another one, or the file is damaged' : 'the file is damaged or cut',
      { cause },
    );
  }
};

const keyOf = async (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key))),
  );

const nonceOf = (number: number, isLast: boolean): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
};

/** The bytes behind the first `length` ones, which are put into `head`. Throws a CannotUnseal where there are not so many. */
async function* after(bytes: AsyncIterable<Uint8Array>, length: number, head: Buffer[]): AsyncIterable<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const piece of bytes) {
    if (head.length > 0) {
      yield piece;
      continue;
    }
    held = Buffer.concat([held, piece]);
    if (held.length < length) continue;
    head.push(held.subarray(0, length));
    yield held.subarray(length);
  }
  if (head.length === 0) throw new CannotUnseal('the file is damaged or cut');
}

/** Bytes in chunks of one size; the last may be shorter, and there is always one. */
async function* chunked(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncIterable<{ chunk: Buffer; isLast: boolean }> {
  let held = Buffer.alloc(0);
  for await (const piece of bytes) {
    held = Buffer.concat([held, piece]);
    // the last one is known only when nothing follows
    for (; held.length > size; held = held.subarray(size)) yield { chunk: held.subarray(0, size), isLast: false };
  }
  yield { chunk: held, isLast: true };
}
