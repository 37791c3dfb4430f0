import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TransientFault } from '../../engine/fault.ts';

/** How long an answer of the disk holds, in milliseconds, and how much may be written by it, as a share of what is free. */
const freshMs = 1000;
const share = 1 / 4;

/** Keeps a file that grows out of the part of the disk that is left for the server itself. */
export class DiskReserve {
  private allowed = 0;
  private askedAt = -Infinity;
  private isShared: boolean | undefined;

  /** @param stopAt percent of the disk of the data folder that may be used */
  constructor(
    private readonly given: { readonly path: string; readonly dataDir: string; readonly stopAt: number },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Rejects with a TransientFault while so many bytes would reach into the reserve. */
  async take(bytes: number): Promise<void> {
    if (bytes > this.allowed || this.now() - this.askedAt > freshMs) await this.ask(bytes);
    this.allowed -= bytes;
  }

  private async ask(bytes: number): Promise<void> {
    const { path, dataDir, stopAt } = this.given;
    const folder = dirname(path);
    this.isShared ??= (await stat(folder)).dev === (await stat(dataDir)).dev;
    const room = this.isShared ? await roomBelow(folder, stopAt) : Infinity;
    if (room < bytes)
      throw new TransientFault(
        `less than ${100 - stopAt} % of the disk of "${path}" is free: it goes on when there is room`,
      );
    this.allowed = Math.max(bytes, room * share);
    this.askedAt = this.now();
  }
}

/** Bytes that may still be written until so many percent of a file system are used. */
const roomBelow = async (folder: string, percent: number): Promise<number> => {
  const { bsize, blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  return Math.max(0, ((used + bavail) * percent) / 100 - used) * bsize;
};
