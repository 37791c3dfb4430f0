import { JetStreamApiError, type JetStreamManager, type StoredMsg, type StreamInfo } from '@nats-io/jetstream';
import { headers as newHeaders, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { bucketConfig, bucketStream, harmIn } from './bucket-config.ts';
import { isCode, isNoSuchStream, jetStreamOf, managerOf, writeSubject } from './jet-stream.ts';
import { asking, NatsAway, refusalOf } from './nats-away.ts';

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

export interface BucketStreamOptions {
  readonly connection: () => Promise<NatsConnection>;
  readonly replicas: number;
  /** Size of a bucket where the account insists on one, in bytes. */
  readonly sizeBytes: number;
  /** Whether it is known that there was such a bucket, so that a missing one is news. */
  readonly wasThere: () => boolean;
  /** Says what is wrong with the bucket as a whole; `undefined` where nothing is any more. */
  readonly tell: (sentence: string | undefined) => void;
  /** Says what happened and is over. */
  readonly tellOnce: (sentence: string) => void;
}

/** Error codes of the JetStream API, see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const alreadyThere = 10_058;
const wrongLastRevision = new Set([10_071, 10_164]);
const needsSize = 10_113;
const tooLarge = new Set([10_047, 10_028, 10_023, 10_122]);
const smallestBytes = 1024 ** 2;

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
  /** What was found wrong with the config last and could not be put right. */
  private lastHarm = '';

  constructor(
    readonly name: string,
    private readonly options: BucketStreamOptions,
  ) {}

  async state(): Promise<BucketState> {
    const { created, state } = await this.use(async ({ streams }) => {
      const info = await streams.info(this.stream);
      return this.putRight(streams, info);
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
    return (await this.putRight(streams, info)) !== info;
  }

  private async open({ streams }: JetStreamManager): Promise<void> {
    await asking(async () => {
      try {
        await this.putRight(streams, await streams.info(this.stream));
      } catch (thrown) {
        if (!isNoSuchStream(thrown)) throw thrown;
        await this.make(streams);
        if (this.wasOpened || this.options.wasThere())
          this.options.tellOnce(
            'the bucket was missing and has been made again, empty; a backup may hold what it held',
          );
      }
    });
    this.wasOpened = true;
  }

  /** With a size where the account insists on one: the wanted one, or what it still has room for. */
  private async make(streams: JetStreamManager['streams'], max_bytes = -1): Promise<void> {
    try {
      await streams.add({ ...bucketConfig(this.name, this.options.replicas), max_bytes });
    } catch (thrown) {
      if (isCode(thrown, alreadyThere)) return;
      if (isCode(thrown, needsSize) && max_bytes < 0) return this.make(streams, this.options.sizeBytes);
      const smaller = Math.floor(max_bytes / 2);
      const isTooLarge = thrown instanceof JetStreamApiError && tooLarge.has(thrown.code);
      if (isTooLarge && smaller >= smallestBytes) return this.make(streams, smaller);
      throw thrown;
    }
  }

  private async putRight(streams: JetStreamManager['streams'], info: StreamInfo): Promise<StreamInfo> {
    const right = harmIn(this.name, info.config);
    const harm = JSON.stringify(right);
    if (harm === '{}' || harm === this.lastHarm) {
      if (this.lastHarm !== '' && harm === '{}') this.options.tell(undefined);
      this.lastHarm = harm === '{}' ? '' : harm;
      return info;
    }
    const changed = Object.keys(right)
      .map((key) => `"${key}"`)
      .join(', ');
    try {
      const mended = await streams.update(this.stream, { ...info.config, ...right });
      this.options.tellOnce(`${changed} of the bucket was changed by hand, and is put right`);
      return mended;
    } catch (thrown) {
      this.lastHarm = harm;
      this.options.tell(
        `${changed} of the bucket was changed by hand and cannot be put right (${refusalOf(thrown) ?? (thrown as Error).message}): make a backup, remove the bucket, and restore`,
      );
      return info;
    }
  }
}
