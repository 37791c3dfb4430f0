import { JetStreamApiError, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers as newHeaders, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { bucketStream } from './bucket-config.ts';
import { BucketForm, type BucketFormOptions } from './bucket-form.ts';
import { isNoSuchStream, jetStreamOf, managerOf, writeSubject } from '../connection/jet-stream.ts';
import { asking, NatsAway } from '../connection/nats-away.ts';

/** What is kept under one key. */
export interface Kept {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly revision: number;
  readonly updatedAt: Date;
  /** It says that what was there was removed. */
  readonly isRemoval: boolean;
}

export interface BucketState {
  /** When the stream was made: another one tells that it is another stream. */
  readonly created: string;
  readonly lastRevision: number;
  readonly firstRevision: number;
  /** Keys that hold something, those of removals among them. */
  readonly count: number;
}

/** Somebody else wrote meanwhile. */
export class StaleRevision extends Error {
  override readonly name = 'StaleRevision';
}

export interface BucketStreamOptions extends BucketFormOptions {
  readonly connection: () => Promise<NatsConnection>;
  /** Whether it is known that there was such a bucket, so that a missing one is news. */
  readonly wasThere: () => boolean;
}

/** Error codes of the JetStream API. */
const wrongLastRevision = new Set([10_071, 10_164]);

const operation = 'KV-Operation';
/** Somebody else may write between a look and a write, and hardly so often. */
const mostTries = 20;

/**
 * The stream behind a bucket, in the form that every NATS client calls a KV bucket. Made where it is missing, also while the
 * server runs, and put right where somebody changed it to its harm; both is said.
 */
export class BucketStream {
  private opened: Promise<void> | undefined;
  private wasOpened = false;
  private readonly form: BucketForm;

  constructor(
    readonly name: string,
    private readonly options: BucketStreamOptions,
  ) {
    this.form = new BucketForm(name, options);
  }

  async state(): Promise<BucketState> {
    const { created, state } = await this.use(async ({ streams }) => {
      const info = await streams.info(this.stream);
      return this.form.putRight(streams, info);
    });
    return {
      created: `${created}`,
      lastRevision: state.last_seq,
      firstRevision: state.first_seq,
      count: state.messages,
    };
  }

  /** What is kept under a key, removals too. */
  async at(key: string): Promise<Kept | undefined> {
    return this.use(async ({ streams }) => {
      const query = { last_by_subj: `${this.prefix}${key}` };
      return this.kept(await streams.getMessage(this.stream, query));
    });
  }

  /** What was written as this revision; undefined where something newer took its place. */
  async atRevision(revision: number): Promise<Kept | undefined> {
    return this.use(async ({ streams }) => this.kept(await streams.getMessage(this.stream, { seq: revision })));
  }

  /** Those of the keys that fit a filter, by name; what was removed is among them. `filter` may have wildcards. */
  async keys(filter = '>'): Promise<string[]> {
    const { state } = await this.use(async ({ streams }) =>
      // without a consumer: a full disk allows none
      streams.info(this.stream, { subjects_filter: `${this.prefix}${filter}` }),
    );
    return Object.keys(state.subjects ?? {})
      .map((subject) => subject.slice(this.prefix.length))
      .sort();
  }

  /** Revision of what was written. Rejects with StaleRevision where the key is not at `revision`; 0 is a key that never was. */
  async write(key: string, bytes: Uint8Array | string, revision: number): Promise<number> {
    return this.publish(key, bytes, revision, newHeaders());
  }

  /** Writes whatever was there before. */
  async overwrite(key: string, bytes: Uint8Array): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.write(key, bytes, (await this.at(key))?.revision ?? 0);
      } catch (thrown) {
        if (!(thrown instanceof StaleRevision) || tries === mostTries) throw thrown;
      }
    }
  }

  /** Leaves a removal behind. Rejects with StaleRevision where the key is not at `revision`. */
  async remove(key: string, revision: number): Promise<void> {
    const said = newHeaders();
    said.set(operation, 'DEL');
    await this.publish(key, '', revision, said);
  }

  /** Takes a key away without a trace, for buckets that nobody watches. */
  async erase(key: string): Promise<void> {
    await this.use(async ({ streams }) => streams.purge(this.stream, { filter: `${this.prefix}${key}` }));
  }

  private get stream(): string {
    return bucketStream(this.name);
  }

  private get prefix(): string {
    return `$KV.${this.name}.`;
  }

  private async publish(key: string, bytes: Uint8Array | string, revision: number, said: MsgHdrs): Promise<number> {
    try {
      const { seq } = await this.use(async (_, nats) =>
        jetStreamOf(nats).publish(writeSubject(nats, `${this.prefix}${key}`), bytes, {
          headers: said,
          expect: { streamName: this.stream, lastSubjectSequence: revision },
        }),
      );
      return seq;
    } catch (thrown) {
      if (thrown instanceof JetStreamApiError && wrongLastRevision.has(thrown.code))
        throw new StaleRevision('it was changed meanwhile', { cause: thrown });
      throw thrown;
    }
  }

  private kept(message: StoredMsg | null): Kept | undefined {
    if (!message?.subject.startsWith(this.prefix)) return undefined;
    return {
      key: message.subject.slice(this.prefix.length),
      bytes: message.data,
      revision: message.seq,
      updatedAt: message.time,
      isRemoval: message.header?.has(operation) ?? false,
    };
  }

  /** Does some work on the stream; where it turns out to be missing, it is made again and the work done once more. */
  private async use<Result>(
    work: (manager: JetStreamManager, nats: NatsConnection) => Promise<Result>,
  ): Promise<Result> {
    const nats = await this.options.connection();
    const manager = await managerOf(nats);
    const opened = (this.opened ??= this.open(manager));
    opened.catch(() => this.forget(opened));
    await opened;
    try {
      return await asking(async () => work(manager, nats));
    } catch (thrown) {
      if (await this.isMissing(manager, thrown)) this.forget(opened);
      else if (!(await this.wasMended(manager, thrown))) throw thrown;
      await (this.opened ??= this.open(manager));
      return asking(async () => work(manager, nats));
    }
  }

  private forget(opened: Promise<void>): void {
    if (this.opened === opened) this.opened = undefined;
  }

  /** A write that nobody takes may mean that there is no stream, or that NATS is away: the one is asked for. */
  private async isMissing({ streams }: JetStreamManager, thrown: unknown): Promise<boolean> {
    if (isNoSuchStream(thrown)) return true;
    if (!(thrown instanceof NatsAway)) return false;
    return streams.info(this.stream).then(
      () => false,
      (answer: unknown) => isNoSuchStream(answer),
    );
  }

  /** What the stream refuses may be due to a change by hand. */
  private async wasMended({ streams }: JetStreamManager, thrown: unknown): Promise<boolean> {
    if (!(thrown instanceof JetStreamApiError) || wrongLastRevision.has(thrown.code)) return false;
    const info = await asking(async () => streams.info(this.stream));
    return (await this.form.putRight(streams, info)) !== info;
  }

  private async open({ streams }: JetStreamManager): Promise<void> {
    await asking(async () => {
      try {
        await this.form.putRight(streams, await streams.info(this.stream));
      } catch (thrown) {
        if (!isNoSuchStream(thrown)) throw thrown;
        await this.form.make(streams);
        if (this.wasOpened || this.options.wasThere())
          this.options.tellOnce(
            'the bucket was missing and has been made again, empty; a backup may hold what it held',
          );
      }
    });
    this.wasOpened = true;
  }
}
