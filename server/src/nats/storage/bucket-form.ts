import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { bucketConfig, bucketStream, harmIn } from './bucket-config.ts';
import { isCode } from '../connection/jet-stream.ts';
import { refusalOf } from '../connection/nats-away.ts';

export interface BucketFormOptions {
  readonly replicas: number;
  /** Size of a bucket where the account insists on one, in bytes. */
  readonly sizeBytes: number;
  /** Says what is wrong with the bucket as a whole; `undefined` where nothing is any more. */
  readonly tell: (sentence: string | undefined) => void;
  /** Says what happened and is over. */
  readonly tellOnce: (sentence: string) => void;
}

type Streams = JetStreamManager['streams'];

/** Error codes of the JetStream API. */
const alreadyThere = 10_058;
const needsSize = 10_113;
const tooLarge = new Set([10_047, 10_028, 10_023, 10_122]);
const smallestBytes = 1024 ** 2;

/** The form that the stream behind a bucket should have: gives it to a new one, and back to one that somebody changed. */
export class BucketForm {
  /** What was found wrong with the config last and could not be put right. */
  private lastHarm = '';

  constructor(
    private readonly bucket: string,
    private readonly options: BucketFormOptions,
  ) {}

  /** With a size where the account insists on one: the wanted one, or what it still has room for. */
  async make(streams: Streams, max_bytes = -1): Promise<void> {
    try {
      await streams.add({ ...bucketConfig(this.bucket, this.options.replicas), max_bytes });
    } catch (thrown) {
      if (isCode(thrown, alreadyThere)) return;
      if (isCode(thrown, needsSize) && max_bytes < 0) return this.make(streams, this.options.sizeBytes);
      const smaller = Math.floor(max_bytes / 2);
      const isTooLarge = thrown instanceof JetStreamApiError && tooLarge.has(thrown.code);
      if (isTooLarge && smaller >= smallestBytes) return this.make(streams, smaller);
      throw thrown;
    }
  }

  /** What it is now. Where it cannot be put right, that is said, and it is used as it is. */
  async putRight(streams: Streams, info: StreamInfo): Promise<StreamInfo> {
    const right = harmIn(this.bucket, info.config);
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
      const mended = await streams.update(bucketStream(this.bucket), { ...info.config, ...right });
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
