import type { Delivery } from './delivery.ts';

/** What was taken of a stream, and what of it is safe: as much of it as may still be unknown to the server. */
export class Taken {
  /** Bytes of what is not safe yet. */
  bytes = 0;
  /** The highest number that was taken. */
  private reached = 0;
  private readonly held = new Map<number, Delivery>();
  /** What is safe, and where it is acknowledged, the oldest first. */
  private readonly safe = new Map<number, string>();

  /** @param mostSafe how many are remembered of those that are safe: as many as a server may await an acknowledgement of */
  constructor(private readonly mostSafe: number) {}

  /** How many are not safe yet. */
  get count(): number {
    return this.held.size;
  }

  /** Where all that is safe is acknowledged. */
  get replies(): readonly string[] {
    return [...this.safe.values()];
  }

  /** Notes a message. `late` is one that has come behind others that follow it. */
  take(delivery: Delivery): 'new' | 'late' | 'held' | 'safe' {
    const { sequence } = delivery;
    if (this.held.has(sequence)) return 'held';
    if (this.isSafe(delivery)) return 'safe';
    const isLate = sequence <= this.reached;
    this.reached = Math.max(this.reached, sequence);
    this.held.set(sequence, delivery);
    this.bytes += delivery.bytes;
    return isLate ? 'late' : 'new';
  }

  /** Whether it was taken before, and is safe. */
  isSafe({ sequence }: Delivery): boolean {
    if (this.safe.has(sequence)) return true;
    // more are safe than are remembered: what is before the oldest of them is, too
    const [oldest = 0] = this.safe.keys();
    return this.safe.size >= this.mostSafe && sequence < oldest;
  }

  settle({ sequence, reply, bytes }: Delivery): void {
    if (!this.held.delete(sequence)) return;
    this.bytes -= bytes;
    this.safe.set(sequence, reply);
    if (this.safe.size > this.mostSafe) this.safe.delete(this.safe.keys().next().value!);
  }
}
