import { write } from 'node:fs';

/** So much may wait, in bytes; what comes beyond is let go and counted. */
const mostWaiting = 1024 ** 2;
/** When what was refused is tried again, in milliseconds: a pipe that is full at this moment, and all else. */
const againMs = { EAGAIN: 20, other: 1000 } as const;

export interface OutletOwner {
  /** Called once when nothing can be written any more, or nobody reads; not again before it has worked. */
  trouble(reason: string): void;
  /** It works again, and so many lines were let go meanwhile. */
  lost(lines: number): void;
}

/**
 * Where lines go that nobody may wait for, such as those of the log. Whatever is at its other end, a disk that is full or a
 * reader that reads nothing, it holds nothing up and is no reason to end: so much waits, and goes out as soon as it can.
 */
export class Outlet {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private lost = 0;
  private isWriting = false;
  private isTroubled = false;
  private again: NodeJS.Timeout | undefined;
  private settling: (() => void)[] = [];
  owner: OutletOwner | undefined;

  /** @param file what is open, by its number */
  constructor(private readonly file: number) {}

  /** One whole line, or several. */
  write(text: string | Uint8Array): void {
    const bytes = Buffer.from(text);
    if (this.waitingBytes + bytes.length > mostWaiting) {
      this.lost += 1;
      this.tell('nobody reads it');
      return;
    }
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.next();
  }

  /** Resolves when all is written, or the time is over. */
  async settled(withinMs: number): Promise<void> {
    if (!this.isWriting && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      const patience = setTimeout(resolve, withinMs);
      this.settling.push(() => {
        clearTimeout(patience);
        resolve();
      });
    });
  }

  private next(): void {
    if (this.isWriting || this.again !== undefined) return;
    if (this.waiting.length === 0) {
      for (const settle of this.settling.splice(0)) settle();
      return;
    }
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.isWriting = true;
    write(this.file, bytes, (thrown, written) => {
      this.isWriting = false;
      const rest = bytes.subarray(thrown ? 0 : written);
      this.waitingBytes -= bytes.length - rest.length;
      if (rest.length > 0) this.waiting.unshift(rest);
      if (thrown) this.tryAgain(thrown);
      else {
        this.recover();
        this.next();
      }
    });
  }

  private tryAgain({ code, message }: NodeJS.ErrnoException): void {
    if (code !== 'EAGAIN') this.tell(message);
    this.again = setTimeout(
      () => {
        this.again = undefined;
        this.next();
      },
      code === 'EAGAIN' ? againMs.EAGAIN : againMs.other,
    ).unref();
  }

  private tell(reason: string): void {
    if (this.isTroubled) return;
    this.isTroubled = true;
    this.owner?.trouble(reason);
  }

  private recover(): void {
    if (!this.isTroubled) return;
    this.isTroubled = false;
    const { lost } = this;
    this.lost = 0;
    if (lost > 0) this.owner?.lost(lost);
  }
}

export const standardOutput = new Outlet(1);
export const standardError = new Outlet(2);
