import type { JetStreamManager, MsgRequest, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { headers as newHeaders, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { BucketStream } from './bucket-stream.ts';
import { findStream, newStream } from './ensure-stream.ts';
import { apiPrefixOf, isNoSuchStream, jetStreamOf, managerOf } from '../connection/jet-stream.ts';
import { asking, NatsAway } from '../connection/nats-away.ts';
import { askToFindItsPlace, hasLostItsPlace } from './lost-place.ts';

/** What belongs to no part but to the installation: the data version. */
export const systemBucket = 'semstreams_system';

const bucketPrefix = 'KV_';
const isOurBucket = (stream: string): boolean => stream.startsWith(`${bucketPrefix}semstreams_`);
const isOurBuffer = (stream: string): boolean => /^semstreams[_-]/i.test(stream);

export interface StoredBucket {
  readonly name: string;
  /** Grows with every write; two equal ones mean that nothing was written between. */
  readonly revision: number;
}

export interface StoredEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A stream that is no bucket: what guaranteed connections and dead letters keep. */
export interface StoredStream {
  readonly name: string;
  readonly config: Partial<StreamConfig>;
  /** Numbers of its first and of its last message. Consumers are none of ours, and take nothing away. */
  readonly from: number;
  readonly to: number;
  /** Whether NATS has lost its place in a damaged file, so that these numbers say nothing. */
  readonly isLost: boolean;
}

export interface StoredMessage {
  readonly subject: string;
  readonly time: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly data: Uint8Array;
}

/** All that is kept in NATS for this product, whoever keeps it: for backups and migrations, which know nothing of the shapes. */
export class StoredData {
  private readonly opened = new Map<string, BucketStream>();

  constructor(
    private readonly connection: NatsConnection,
    private readonly replicas = 1,
    /** Size of a bucket where the account insists on one. */
    private readonly bucketBytes = 16 * 1024 ** 2,
  ) {}

  /** Resolves when the JetStream behind the connection answers in time. */
  async answers(withinMs: number): Promise<void> {
    await asking(async () =>
      this.connection.request(`${apiPrefixOf(this.connection)}.INFO`, '', { timeout: withinMs }),
    );
  }

  async buckets(): Promise<StoredBucket[]> {
    const infos = await this.streamInfos(isOurBucket);
    return infos.map(({ config, state }) => ({
      name: config.name.slice(bucketPrefix.length),
      revision: state.last_seq,
    }));
  }

  /** The present entries of a bucket, by key. None where there is no such bucket. */
  async entries(bucket: string): Promise<StoredEntry[]> {
    if (!(await this.exists(`${bucketPrefix}${bucket}`))) return [];
    const stream = this.open(bucket);
    const found = await Promise.all((await stream.keys()).map(async (key) => stream.at(key)));
    return found.flatMap((kept) => (kept && !kept.isRemoval ? [{ key: kept.key, value: kept.bytes }] : []));
  }

  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    if (!(await this.exists(`${bucketPrefix}${bucket}`))) return undefined;
    const kept = await this.open(bucket).at(key);
    return kept?.isRemoval === false ? kept.bytes : undefined;
  }

  /** Writes an entry, whatever was there; the bucket is made where it is missing. */
  async put(bucket: string, key: string, value: Uint8Array): Promise<void> {
    await this.open(bucket).overwrite(key, value);
  }

  async remove(bucket: string, key: string): Promise<void> {
    const kept = await this.open(bucket).at(key);
    if (kept?.isRemoval === false) await this.open(bucket).remove(key, kept.revision);
  }

  async streams(): Promise<StoredStream[]> {
    const infos = await this.streamInfos(isOurBuffer);
    return infos.map(({ config, state }) => ({
      name: config.name,
      config,
      // a stream that never held anything begins at 0
      from: Math.max(1, state.first_seq),
      to: state.last_seq,
      isLost: hasLostItsPlace({ state }),
    }));
  }

  /**
   * What a stream holds, in order. A search passes over the rest of a damaged file, of which each message may still be read by
   * its number: so it is searched only where messages are known to have been removed. Rejects with NatsAway where NATS loses
   * its place in such a file, for whatever it says then is wrong.
   */
  async *messages({ name, from, to, isLost }: StoredStream): AsyncIterable<StoredMessage> {
    if (isLost) await this.findItsPlace(name);
    const { streams } = await this.manager();
    const found = async (query: MsgRequest) => asking(async () => streams.getMessage(name, query));
    for (let next = from; next <= to;) {
      let message = await found({ seq: next });
      if (!message) {
        const info = await this.infoOf(name);
        if (info && hasLostItsPlace(info, to)) await this.findItsPlace(name);
        next = Math.max(next + 1, info?.state.first_seq ?? 0);
        if ((info?.state.num_deleted ?? 0) === 0) continue;
        message = await found({ seq: next, next_by_subj: '>' } as MsgRequest);
        if (!message || message.seq > to) return;
      }
      yield { subject: message.subject, time: message.timestamp, headers: plain(message.header), data: message.data };
      next = message.seq + 1;
    }
  }

  /** The newest number that was used in a stream; 0 where there is no such stream. */
  async lastNumberOf(name: string): Promise<number> {
    return (await this.infoOf(name))?.state.last_seq ?? 0;
  }

  /** Makes a stream anew, empty, with numbers behind `after`. What it held is gone. */
  async renewStream({ name, config }: Pick<StoredStream, 'name' | 'config'>, after = 0): Promise<void> {
    const manager = await this.manager();
    await this.removeStream(name);
    const made = {
      ...config,
      name,
      num_replicas: Math.min(config.num_replicas ?? 1, this.replicas),
    };
    await asking(async () => newStream(manager, made, after));
  }

  async removeStream(name: string): Promise<void> {
    const manager = await this.manager();
    try {
      await asking(async () => manager.streams.delete(name));
    } catch (thrown) {
      if (!isNoSuchStream(thrown)) throw thrown;
    }
  }

  /** Stores a message in the stream of its subject. */
  async store({ subject, headers, data }: StoredMessage): Promise<void> {
    await asking(async () => jetStreamOf(this.connection).publish(subject, data, { headers: asHeaders(headers) }));
  }

  private async findItsPlace(name: string): Promise<never> {
    const where = await askToFindItsPlace(this.connection, name);
    throw new NatsAway(`a file of "${name}" is damaged: ${where}; then try again`);
  }

  private async manager(): Promise<JetStreamManager> {
    return managerOf(this.connection);
  }

  private async streamInfos(isWanted: (name: string) => boolean): Promise<StreamInfo[]> {
    const manager = await this.manager();
    return asking(async () => {
      const infos: StreamInfo[] = [];
      for await (const info of manager.streams.list()) if (isWanted(info.config.name)) infos.push(info);
      return infos.sort((a, b) => a.config.name.localeCompare(b.config.name));
    });
  }

  private async exists(stream: string): Promise<boolean> {
    return (await this.infoOf(stream)) !== undefined;
  }

  private async infoOf(stream: string): Promise<StreamInfo | undefined> {
    const manager = await this.manager();
    return asking(async () => findStream(manager, stream));
  }

  private open(bucket: string): BucketStream {
    const known = this.opened.get(bucket);
    if (known) return known;
    const opened = new BucketStream(bucket, {
      connection: async () => this.connection,
      replicas: this.replicas,
      sizeBytes: this.bucketBytes,
      wasThere: () => false,
      tell: () => undefined,
      tellOnce: () => undefined,
    });
    this.opened.set(bucket, opened);
    return opened;
  }
}

const plain = (header: MsgHdrs | undefined): Record<string, string[]> =>
  header ? Object.fromEntries(header.keys().map((key) => [key, header.values(key)])) : {};

const asHeaders = (entries: StoredMessage['headers']): MsgHdrs => {
  const made = newHeaders();
  for (const [name, values] of Object.entries(entries)) for (const value of values) made.append(name, value);
  return made;
};
