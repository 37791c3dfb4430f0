import type { NatsConnection } from '@nats-io/transport-node';
import { bucketStream } from '../storage/bucket-config.ts';
import { holderKey, nameOf, readHolder } from './holder.ts';
import { isNoSuchStream, managerOf } from '../connection/jet-stream.ts';
import { asking, NatsAway } from '../connection/nats-away.ts';
import { systemBucket } from '../storage/stored-data.ts';

/** Another server has taken over: this one may not write any more. */
export class LeaseLost extends NatsAway {}

/**
 * So long after it was confirmed a lease counts as held, in milliseconds: whoever takes it over from a holder that may still
 * live waits for longer than that.
 */
export const freshMs = 3000;
/** How long one look may take, in milliseconds. */
const patienceMs = 2000;
const mostTries = 3;

export interface Clocks {
  readonly steady: () => number;
  readonly wall: () => number;
}
const realClocks: Clocks = { steady: () => performance.now(), wall: Date.now };

/**
 * Lets those pass whose server still holds the lease. It was confirmed lately, or is confirmed before anybody passes: a
 * process that was frozen, or a machine that slept, finds out before it acts. The steady clock stands still while a machine
 * sleeps and the other one may be set, so either makes it look.
 */
export class Fence {
  private confirmed: { readonly steady: number; readonly wall: number } | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly nats: () => Promise<NatsConnection>,
    private readonly process: string,
    private readonly clocks: Clocks = realClocks,
  ) {}

  get isFresh(): boolean {
    if (!this.confirmed) return false;
    const { steady, wall } = this.clocks;
    return steady() - this.confirmed.steady < freshMs && Math.abs(wall() - this.confirmed.wall) < freshMs;
  }

  /** Rejects with LeaseLost where another server holds it, and with NatsAway where that cannot be seen. */
  async pass(): Promise<void> {
    for (let tries = 0; !this.isFresh; tries += 1) {
      if (tries === mostTries) throw new NatsAway('NATS is away: it answers too slowly to see who uses this account');
      // an answer from before a freeze is old when it is read
      await this.look();
    }
  }

  /** Looks, however lately that was done. One look serves all who wait for it. */
  async look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    const before = { steady: this.clocks.steady(), wall: this.clocks.wall() };
    const nats = await this.nats();
    const { streams } = await managerOf(nats, patienceMs);
    const query = { last_by_subj: `$KV.${systemBucket}.${holderKey}` };
    const found = await asking(async () =>
      streams.getMessage(bucketStream(systemBucket), query).catch((thrown: unknown) => {
        // where the bucket is gone, nobody took over
        if (isNoSuchStream(thrown)) return null;
        throw thrown;
      }),
    );
    const holder = readHolder(found?.data);
    if (holder && holder.process !== this.process)
      throw new LeaseLost(`${nameOf(holder)} has taken over this NATS account; this server steps back`);
    this.confirmed = before;
  }
}
