import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { Refusal } from './refuse.ts';

/** A request is not taken; thrown by those who read one. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}

/** Room for bodies that are read or not yet safe, of all requests together. */
export interface Room {
  /** False where there is no room for so many bytes more. */
  take(bytes: number): boolean;
}

/**
 * The body as it came. Throws a Refused where it is too large (413), takes too long (408), or there is no room for it now
 * (429); rejects where the sender has gone.
 */
export const readBody = async (
  request: IncomingMessage,
  { most, withinMs, room }: { readonly most: number; readonly withinMs: number; readonly room: Room },
): Promise<Buffer> => {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (act: () => void): void => {
      clearTimeout(late);
      request.off('data', take).pause();
      act();
    };
    const refuse = (refused: Refused): void => end(() => reject(refused));
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > most) return refuse(new Refused(tooLarge(most)));
      if (!room.take(chunk.length)) return refuse(new Refused(tooBusy));
      chunks.push(chunk);
    };
    const late = setTimeout(
      () => refuse(new Refused({ status: 408, detail: `the body did not come within ${withinMs / 1000} s` })),
      withinMs,
    );
    request.on('data', take);
    request.once('end', () => end(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))));
    request.once('close', () => end(() => reject(new Error('the sender has gone'))));
  });
};

/** What who comes too fast is told. */
export const tooBusy: Refusal = {
  status: 429,
  detail: 'more waits than there is room for: send it again later',
  retryAfterSeconds: 1,
};

/** What is said of a body that has more than so many bytes. */
export const tooLarge = (most: number): Refusal => ({
  status: 413,
  detail: `a body may have ${most} bytes here, also when it is unpacked`,
});

/** Bytes as they were before they were packed for the way, by gzip or not at all. Throws a Refused for everything else. */
export const unpackBody = async (body: Buffer, encoding: string | undefined, most: number): Promise<Buffer> => {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body;
  if (!/^(x-)?gzip$/.test(name))
    throw new Refused({
      status: 415,
      detail: `a body packed by "${name.slice(0, 40)}" is not understood: send it plain, or by gzip`,
      headers: { 'accept-encoding': 'gzip' },
    });
  const unpacked = await gunzip(body, most).catch(() => {
    throw new Refused({ status: 400, detail: 'the body is no gzip, or was cut' });
  });
  if (!unpacked) throw new Refused(tooLarge(most));
  return unpacked;
};

/** What was packed; undefined where it is more than so many bytes. Rejects where it is no gzip. */
export const gunzip = async (packed: Buffer, most: number): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const plain = createGunzip();
    plain.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= most) return;
      plain.destroy();
      resolve(undefined);
    });
    plain.on('error', reject);
    plain.on('end', () => resolve(Buffer.concat(chunks)));
    plain.end(packed);
  });
