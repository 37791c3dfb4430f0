import type { Socket } from 'node:net';
import { LineSplitter } from '../../../component-kit/content/lines.ts';

/** How a receiver says what it has: a number of all, or one line for each. */
export type ReadAcknowledgement = (line: string) => 'one more' | { readonly all: number } | undefined;

/** How a line of this form is read; undefined where nothing is acknowledged. */
export const acknowledgements = (form: string): ReadAcknowledgement | undefined => {
  if (form === '') return undefined;
  const at = form.indexOf('{count}');
  if (at < 0) return (line) => (line.trim() === form.trim() ? 'one more' : undefined);
  const [before, after] = [form.slice(0, at), form.slice(at + '{count}'.length)];
  return (line) => {
    if (!line.startsWith(before) || !line.endsWith(after) || line.length <= before.length + after.length)
      return undefined;
    const digits = line.slice(before.length, line.length - after.length);
    return /^\d{1,15}$/.test(digits) ? { all: Number(digits) } : undefined;
  };
};

/** Longest line of a receiver that is looked at. */
const longestLine = 1024;

/** A line to a receiver, and what it has of what was sent by it. */
export class SendingLine {
  private sent = 0;
  private acknowledged = 0;
  private changed: (() => void) | undefined;
  /** Why it has ended. */
  private reason = 'the line was closed';
  isOpen = true;

  constructor(
    private readonly socket: Socket,
    read: ReadAcknowledgement | undefined,
  ) {
    const lines = new LineSplitter(longestLine, () => undefined);
    socket.on('data', (chunk: Buffer) => {
      if (read) for (const line of lines.push(chunk)) this.note(read(String(line)));
    });
    socket.on('error', ({ message, code }: NodeJS.ErrnoException) => {
      this.reason = code === 'ECONNRESET' || code === 'EPIPE' ? 'the line was cut' : message;
    });
    // a receiver that has ended its side takes nothing more
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.isOpen = false;
      this.changed?.();
    });
  }

  /**
   * Sends frames. Resolves with how many of them the receiver has, and why it has no more, which is empty where it has all;
   * `isAcknowledged` says whether its word is waited for.
   */
  async send(
    frames: readonly Buffer[],
    { withinMs, isAcknowledged }: { readonly withinMs: number; readonly isAcknowledged: boolean },
  ): Promise<{ readonly done: number; readonly reason: string }> {
    const before = this.sent;
    this.sent += frames.length;
    let isWritten = false;
    this.socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames), (error) => {
      isWritten = !error;
      this.changed?.();
    });
    const has = (): number => {
      if (!isAcknowledged) return isWritten ? frames.length : 0;
      return Math.max(0, Math.min(frames.length, this.acknowledged - before));
    };
    const isLate = await this.until(() => has() === frames.length || !this.isOpen, withinMs);
    if (has() === frames.length) return { done: frames.length, reason: '' };
    if (isLate) this.socket.destroy();
    const late = isAcknowledged && isWritten ? 'there is no acknowledgement' : 'nothing is taken there';
    return { done: has(), reason: isLate ? `${late} for ${withinMs / 1000} s` : this.reason };
  }

  /** Ends it: what was sent still goes. Resolves when it is closed, by force after so long. */
  async end(withinMs: number): Promise<void> {
    if (!this.isOpen) return;
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()));
    const force = setTimeout(() => this.socket.destroy(), withinMs);
    this.socket.destroySoon();
    await closed;
    clearTimeout(force);
  }

  /** Gives it up at once. */
  cut(): void {
    this.socket.destroy();
  }

  private note(acknowledged: ReturnType<ReadAcknowledgement>): void {
    if (acknowledged === undefined) return;
    this.acknowledged =
      acknowledged === 'one more' ? this.acknowledged + 1 : Math.max(this.acknowledged, acknowledged.all);
    this.changed?.();
  }

  /** True where that does not hold in time; each change is a new beginning. */
  private async until(holds: () => boolean, withinMs: number): Promise<boolean> {
    while (!holds()) {
      const isLate = await new Promise<boolean>((resolve) => {
        const late = setTimeout(() => resolve(true), withinMs);
        this.changed = () => {
          clearTimeout(late);
          resolve(false);
        };
      });
      this.changed = undefined;
      if (isLate) return !holds();
    }
    return false;
  }
}
