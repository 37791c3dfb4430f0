import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
  type StreamUpdateConfig,
} from '@nats-io/jetstream';
import { isCode, isNoSuchStream } from '../connection/jet-stream.ts';

/** Error code of the JetStream API: the account insists on a size. */
const needsMaxBytes = 10_113;

/** What an account is asked for first where it insists on a size, in bytes; more is asked for when it is needed. */
export const firstReserve = 1024 ** 2;

/** What is to be fixed of a stream; all else is the same for all of ours. */
export type StreamWish = Pick<StreamConfig, 'name' | 'description' | 'subjects' | 'max_age' | 'num_replicas'> &
  Partial<Pick<StreamConfig, 'duplicate_window'>>;

/** All but the size, which JetStream would set aside for the stream, used or not. */
const configOf = (wish: StreamWish) => ({
  ...wish,
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  no_ack: false,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  // an older version has made some with one, see `newStream`
  first_seq: 0,
});

/**
 * The stream as it should be: made where there is none, with numbers behind `after`, changed where it is otherwise. It has no
 * size of its own: who fills it keeps to its bound. Where an account insists on a size, it gets a small one, which grows.
 */
export const ensureStream = async (
  manager: JetStreamManager,
  wish: StreamWish,
  { present, after = 0 }: { readonly present: StreamInfo | undefined; readonly after?: number },
): Promise<StreamInfo> => {
  if (present) return updated(manager, wish, present);
  return sized(undefined, async (max_bytes) => newStream(manager, { ...configOf(wish), max_bytes }, after));
};

/**
 * A new stream with numbers behind `after`. The setting `first_seq` is not used for it: nats-server 2.10 throws away all that
 * such a stream holds when it starts again. An empty stream that is purged up to a number goes on behind it, for good.
 */
export const newStream = async (
  { streams }: JetStreamManager,
  config: Partial<StreamConfig> & { readonly name: string },
  after: number,
): Promise<StreamInfo> => {
  const made = await streams.add(config);
  if (after === 0) return made;
  await streams.purge(config.name, { seq: after + 1 });
  return streams.info(config.name);
};

/** The stream that is there as it should be; nothing is asked of NATS where it is. */
export const updated = async (manager: JetStreamManager, wish: StreamWish, present: StreamInfo): Promise<StreamInfo> =>
  sized(present, async (max_bytes) => {
    const whole = { ...configOf(wish), max_bytes };
    if (differences(present.config, whole).length === 0) return present;
    return manager.streams.update(wish.name, whole as Partial<StreamUpdateConfig>);
  });

/** The settings of a stream that are not as they should be; a size is none. */
export const changesIn = (wish: StreamWish, present: StreamConfig): string[] => differences(present, configOf(wish));

/** Without a size, or with a small one where the account insists. */
const sized = async (
  present: StreamInfo | undefined,
  withSize: (maxBytes: number) => Promise<StreamInfo>,
): Promise<StreamInfo> => {
  try {
    return await withSize(-1);
  } catch (thrown) {
    if (!isCode(thrown, needsMaxBytes)) throw thrown;
    return withSize(Math.max(firstReserve, present?.config.max_bytes ?? 0));
  }
};

/** Undefined where there is no such stream. */
export const findStream = async (manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> => {
  try {
    return await manager.streams.info(name);
  } catch (thrown) {
    if (isNoSuchStream(thrown)) return undefined;
    throw thrown;
  }
};

const differences = (present: StreamConfig, wanted: Partial<StreamConfig>): string[] =>
  Object.entries(wanted)
    .filter(([key, value]) => textOf(present[key as keyof StreamConfig]) !== textOf(value))
    .map(([key]) => key);

/** What is left out is false, or nothing. */
const textOf = (value: unknown): string => JSON.stringify(value === undefined || value === 0 ? false : value);
