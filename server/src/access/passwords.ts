import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * 32 MB and three rounds, as the cheat sheet of OWASP on password storage has it for devices with little memory; it runs in a
 * thread of the pool, never in the main one.
 */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 ** 2 };
const keyBytes = 32;
/** So many are reckoned at the same time: each takes 32 MB and a core for a fifth of a second. */
const atOnce = 2;
/** So many may wait for that. */
const mostWaiting = 32;

/** More log in at the same time than this machine can look at. */
export class TooManyLogins extends Error {
  override readonly name = 'TooManyLogins';
}

let running = 0;
const waiting: (() => void)[] = [];

/** A text to keep: algorithm, costs, salt and key. Rejects with TooManyLogins where too many are asked for. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
};

/** Whether it is the password that was kept; takes as long where nothing was kept, so that nobody learns who is known. */
export const isPassword = async (password: string, kept: string | undefined): Promise<boolean> => {
  const [, N, r, p, salt, key] = (kept ?? unknown).split('$') as [string, string, string, string, string, string];
  const expected = Buffer.from(key, 'base64url');
  const costs = { N: Number(N), r: Number(r), p: Number(p), maxmem: cost.maxmem };
  const found = await derive(password, Buffer.from(salt, 'base64url'), costs);
  return timingSafeEqual(found, expected) && kept !== undefined;
};

const unknown = ['scrypt', cost.N, cost.r, cost.p, 'AAAAAAAAAAAAAAAAAAAAAA', 'A'.repeat(43)].join('$');

const derive = async (password: string, salt: Buffer, costs: typeof cost): Promise<Buffer> => {
  await turn();
  try {
    return await new Promise((resolve, reject) =>
      scrypt(password.normalize('NFKC'), salt, keyBytes, costs, (error, key) => (error ? reject(error) : resolve(key))),
    );
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
};

const turn = async (): Promise<void> => {
  if (running >= atOnce) {
    if (waiting.length >= mostWaiting) throw new TooManyLogins('too many log in at the same time; try again shortly');
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
};
