import type { Line } from '../../../component-kit/mavlink/decoder.ts';

/** How often it is looked, in milliseconds, and after how many looks without a byte a line is silent: a second. */
const lookMs = 250;
const mostLooks = 4;

/**
 * Ends what lines hold back when they are silent for a second. Looks are counted instead of time: bytes that lie in the
 * system because this process was busy are no silence.
 */
export class Silence {
  private readonly looks = new Map<Line, number>();
  private timer: NodeJS.Timeout | undefined;

  /** Bytes came on this line. */
  heard(line: Line): void {
    if (line.pending === 0) return this.forget(line);
    this.looks.set(line, 0);
    this.timer ??= setInterval(() => this.look(), lookMs);
  }

  /** This line is looked after by somebody else, or nobody listens to it at present. */
  forget(line: Line): void {
    if (this.looks.size > 0) this.looks.delete(line);
  }

  end(): void {
    this.looks.clear();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    for (const [line, looks] of this.looks)
      if (looks < mostLooks) this.looks.set(line, looks + 1);
      else {
        this.looks.delete(line);
        line.finish();
      }
    if (this.looks.size === 0) this.end();
  }
}
