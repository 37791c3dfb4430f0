import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createInbox, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { BucketStream, type Kept, StaleRevision } from '../storage/bucket-stream.ts';
import { Fence, freshMs, LeaseLost } from './fence.ts';
import { challengerKey, type Holder, holderKey, nameOf, readHolder, refusalBy } from './holder.ts';
import { saysNobody } from '../connection/nats-away.ts';
import { Unusable } from '../storage/preparation.ts';
import { systemBucket } from '../storage/stored-data.ts';

/** How often the holder sees whether it still is one, and whether somebody asks for a sign of life, in milliseconds. */
const lookMs = 1500;
/** A holder that gives no sign of life for so long while it is asked for one may be taken over, in milliseconds. */
const silentMs = 10_000;
/** How often a challenger looks, in milliseconds. */
const challengeMs = 250;
/** How long the holder may take to answer at its inbox, in milliseconds. */
const answerMs = 1000;
/** What is waited for more than needed after a take-over, in milliseconds. */
const marginMs = 500;

export interface LeaseOptions {
  readonly connection: () => Promise<NatsConnection>;
  readonly replicas: number;
  readonly sizeBytes: number;
  readonly inboxPrefix: string | undefined;
  /** Of the data folder. */
  readonly instance: string;
  /** What this server is called. */
  readonly name: string;
  /** What it waits for, for people. */
  readonly tell: (sentence: string) => void;
  readonly onLost: (lost: LeaseLost) => void;
}

/**
 * The right to use what is kept in a NATS account, of one server at a time. It stands in the system bucket and does not run
 * out by a clock: it goes to another server when its holder has given it back, is known to be gone, or gives no sign of life
 * while it is asked for one. Nothing is written while nobody asks.
 */
export class Lease {
  readonly process = randomUUID();
  readonly fence: Fence;
  private readonly stream: BucketStream;
  private readonly since = new Date().toISOString();
  private readonly inbox: string;
  private answering: Subscription | undefined;
  private looking: NodeJS.Timeout | undefined;
  /** Revision of its entry while it is held. */
  private held: number | undefined;
  private answered = 0;

  constructor(private readonly options: LeaseOptions) {
    this.inbox = createInbox(options.inboxPrefix);
    this.fence = new Fence(options.connection, this.process);
    this.stream = new BucketStream(systemBucket, {
      connection: options.connection,
      replicas: options.replicas,
      sizeBytes: options.sizeBytes,
      wasThere: () => false,
      tell: () => undefined,
      tellOnce: () => undefined,
    });
  }

  /**
   * Resolves when this server holds it. Rejects with Unusable where another one does, and with NatsAway where that cannot be
   * seen: it is tried again from the beginning then.
   */
  async claim(): Promise<void> {
    await this.answerAtInbox();
    let silent: { readonly revision: number; readonly since: number } | undefined;
    for (;;) {
      const kept = await this.stream.at(holderKey);
      const holder = holderIn(kept);
      if (holder?.process === this.process) return this.hold(kept!.revision);
      const way = await this.wayToTake(kept, holder, silent);
      if (way !== undefined) {
        const revision = await this.write(kept?.revision ?? 0);
        if (revision === undefined) continue;
        // parts of the holder may have seen just before that it was theirs, and go by that for a while
        if (way === 'from_one_that_may_live') await rest(freshMs + marginMs);
        return this.hold(revision);
      }
      if (!silent) await this.challenge();
      else if (kept!.revision !== silent.revision) throw new Unusable(refusalBy(holder!, this.options.instance));
      silent ??= { revision: kept!.revision, since: performance.now() };
      this.options.tell(
        `${holder ? nameOf(holder) : 'another server'} used this account and gives no sign of life; it is taken over after ${silentMs / 1000} s of that`,
      );
      await rest(challengeMs);
    }
  }

  /** Gives it back, so that the next one need not wait. */
  async release(): Promise<void> {
    clearTimeout(this.looking);
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) await this.stream.remove(holderKey, held).catch(() => undefined);
  }

  /** Ends without a word, for a server that has lost it. */
  drop(): void {
    clearTimeout(this.looking);
    this.held = undefined;
  }

  private async wayToTake(
    kept: Kept | undefined,
    holder: Holder | undefined,
    silent: { readonly revision: number; readonly since: number } | undefined,
  ): Promise<'at_once' | 'from_one_that_may_live' | undefined> {
    if (!kept || kept.isRemoval) return 'at_once';
    const { instance } = this.options;
    if (holder?.is_reserved) {
      if (holder.instance === instance) return 'from_one_that_may_live';
      throw new Unusable(refusalBy(holder, instance));
    }
    const isSilent = silent?.revision === kept.revision && performance.now() - silent.since > silentMs;
    if (isSilent) return 'from_one_that_may_live';
    if (!holder) return undefined;
    const life = silent ? 'unknown' : await this.lifeOf(holder);
    if (life === 'there') throw new Unusable(refusalBy(holder, instance));
    // the same data folder: its server was killed. Another one may only have lost its line to NATS
    return life === 'gone' && holder.instance === instance ? 'at_once' : undefined;
  }

  /** What can be seen of a holder at once. One that is frozen is not gone, and does not answer. */
  private async lifeOf({ inbox, process }: Holder): Promise<'there' | 'gone' | 'unknown'> {
    try {
      const nats = await this.options.connection();
      const answer = await nats.request(inbox, '', { timeout: answerMs });
      return answer.string() === process ? 'there' : 'unknown';
    } catch (thrown) {
      return saysNobody(thrown) ? 'gone' : 'unknown';
    }
  }

  private async answerAtInbox(): Promise<void> {
    const nats = await this.options.connection();
    this.answering?.unsubscribe();
    this.answering = nats.subscribe(this.inbox, {
      callback: (problem, message) => {
        if (!problem && this.held !== undefined) message.respond(this.process);
      },
    });
  }

  private async challenge(): Promise<void> {
    await this.stream.overwrite(challengerKey, new TextEncoder().encode(JSON.stringify({ process: this.process })));
  }

  /** Undefined where somebody else was quicker. */
  private async write(revision: number): Promise<number | undefined> {
    const { instance, name } = this.options;
    const holder: Holder = {
      instance,
      process: this.process,
      name,
      host: hostname(),
      pid: process.pid,
      since: this.since,
      inbox: this.inbox,
      is_reserved: false,
    };
    try {
      return await this.stream.write(holderKey, JSON.stringify(holder), revision);
    } catch (thrown) {
      if (thrown instanceof StaleRevision) return undefined;
      throw thrown;
    }
  }

  private async hold(revision: number): Promise<void> {
    this.held = revision;
    this.answered = (await this.stream.at(challengerKey))?.revision ?? 0;
    await this.fence.look();
    clearTimeout(this.looking);
    this.lookLater();
  }

  private lookLater(): void {
    this.looking = setTimeout(() => void this.keep(), lookMs).unref();
  }

  /** Sees whether it is still held, and gives a sign of life where somebody asks. What fails is tried again. */
  private async keep(): Promise<void> {
    try {
      await this.fence.look();
      const [kept, challenger] = [await this.stream.at(holderKey), await this.stream.at(challengerKey)];
      const isMine = holderIn(kept)?.process === this.process;
      if (isMine) this.held = kept!.revision;
      // a challenger whose bucket was made again begins with low numbers
      const isAsked = (challenger?.revision ?? 0) !== this.answered;
      if (!isMine || isAsked) this.held = (await this.write(kept?.revision ?? 0)) ?? this.held;
      this.answered = challenger?.revision ?? 0;
    } catch (thrown) {
      if (thrown instanceof LeaseLost) {
        this.drop();
        return this.options.onLost(thrown);
      }
      // NATS is away, and nobody can have taken over unless it answered them
    }
    if (this.held !== undefined) this.lookLater();
  }
}

const rest = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const holderIn = (kept: Kept | undefined): Holder | undefined =>
  kept && !kept.isRemoval ? readHolder(kept.bytes) : undefined;
