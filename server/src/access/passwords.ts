import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Turns } from './turns.ts';

/**
 * 32 MB and three rounds, as the cheat sheet of OWASP on password storage has it for devices with little memory; it runs in a
 * thread of the pool, never in the main one.
 */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 ** 2 };
const keyBytes = 32;
/** Two are reckoned at the same time: each takes 32 MB and a core for a fifth of a second. */
const turns = new Turns({ atOnce: 2, waiting: 64, waitingOfOne: 8 });
/** Of whom nobody outside asked. */
const here = 'here';

/** A text to keep: algorithm, costs, salt and key. Rejects with TooManyWaiting where too many are asked for. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive({ password, salt, costs: cost, network: here });
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
};

/**
 * Whether it is the password that was kept; takes as long where nothing was kept, so that nobody learns who is known. Those who
 * ask from one network wait for each other. Rejects with TooManyWaiting where too many do.
 */
export const isPassword = async (
  password: string,
  kept: string | undefined,
  network: string = here,
): Promise<boolean> => {
  const [, N, r, p, salt, key] = (kept ?? unknown).split('$') as [string, string, string, string, string, string];
  const expected = Buffer.from(key, 'base64url');
  const costs = { N: Number(N), r: Number(r), p: Number(p), maxmem: cost.maxmem };
  const found = await derive({ password, salt: Buffer.from(salt, 'base64url'), costs, network });
  return timingSafeEqual(found, expected) && kept !== undefined;
};

const unknown = ['scrypt', cost.N, cost.r, cost.p, 'AAAAAAAAAAAAAAAAAAAAAA', 'A'.repeat(43)].join('$');

interface Derivation {
  readonly password: string;
  readonly salt: Buffer;
  readonly costs: typeof cost;
  readonly network: string;
}

const derive = async ({ password, salt, costs, network }: Derivation): Promise<Buffer> =>
  turns.do(
    network,
    async () =>
      new Promise<Buffer>((resolve, reject) =>
        scrypt(password.normalize('NFKC'), salt, keyBytes, costs, (error, key) =>
          error ? reject(error) : resolve(key),
        ),
      ),
  );
