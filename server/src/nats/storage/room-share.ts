import type { RoomAsked } from './store-room.ts';

/** How far it may write, or why nobody knows. */
export interface RoomAnswer {
  readonly upTo?: number;
  readonly problem?: string;
}

/** Room for what is about to be handed to NATS. */
export interface Room {
  /** Whether there is room for so many bytes; where there is, `done` is due when handing them over has ended, well or not. */
  take(bytes: number): Promise<boolean>;
  /** Takes room for so many bytes of which there is none: as many have to go before they are handed over. */
  swap(bytes: number): Promise<void>;
  done(bytes: number): void;
}

/** For whoever shares with nobody. */
export const endlessRoom: Room = { take: async () => true, swap: async () => undefined, done: () => undefined };

/** How long an answer may take, in milliseconds. */
const patienceMs = 5000;
/** How soon what is not needed is given back, in milliseconds. */
const idleMs = 1000;
/** How soon it is asked again after there was no room, in milliseconds. */
const refusedMs = 100;

/** What this process was promised of the room that all share. More is asked for when it is needed, and given back when not. */
export class RoomShare implements Room {
  private upTo = 0;
  private taken = 0;
  private written = 0;
  private asking: Promise<void> | undefined;
  private answered: ((answer: RoomAnswer) => void) | undefined;
  private idle: NodeJS.Timeout | undefined;
  private refusedUntil = -Infinity;

  /** @param ask asks whoever shares the room out; the answer comes by `answer`, and none where nothing is wanted */
  constructor(private readonly ask: (asked: RoomAsked) => void) {}

  async take(bytes: number): Promise<boolean> {
    while (this.taken + bytes > this.upTo) {
      if (this.asking) {
        await this.asking;
        continue;
      }
      if (performance.now() < this.refusedUntil) return false;
      const { upTo } = this;
      await this.askFor({ wants: this.taken + bytes - upTo });
      if (this.upTo > upTo) continue;
      this.refusedUntil = performance.now() + refusedMs;
      return false;
    }
    this.taken += bytes;
    return true;
  }

  async swap(bytes: number): Promise<void> {
    while (this.asking) await this.asking.catch(() => undefined);
    // nobody else here may take it
    this.taken += bytes;
    try {
      await this.askFor({ wants: bytes, isSwap: true });
    } catch (thrown) {
      this.taken -= bytes;
      throw thrown;
    }
  }

  done(bytes: number): void {
    this.written += bytes;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.giveBack(), idleMs).unref();
  }

  answer(answer: RoomAnswer): void {
    this.answered?.(answer);
  }

  private async askFor(asked: Pick<RoomAsked, 'wants' | 'isSwap'>): Promise<void> {
    const asking = this.answerTo(asked);
    this.asking = asking;
    try {
      await asking;
    } finally {
      this.asking = undefined;
    }
  }

  private async answerTo(asked: Pick<RoomAsked, 'wants' | 'isSwap'>): Promise<void> {
    const { written, upTo } = this;
    let patience: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        patience = setTimeout(() => reject(new Error('nobody says whether there is room')), patienceMs).unref();
        this.answered = ({ upTo: granted, problem }) => {
          if (problem !== undefined) reject(new Error(problem));
          this.upTo = Math.max(this.upTo, granted ?? 0);
          resolve();
        };
        this.ask({ written, upTo, ...asked });
      });
    } finally {
      clearTimeout(patience);
    }
  }

  private giveBack(): void {
    if (this.asking || this.upTo <= this.taken) return;
    this.upTo = this.taken;
    this.ask({ written: this.written, upTo: this.upTo, wants: 0 });
  }
}
