import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
  type StreamUpdateConfig,
} from '@nats-io/jetstream';
import { isCode, isNoSuchStream } from './jet-stream.ts';

/** Error code of the JetStream API: the account insists on a size. */
const needsMaxBytes = 10_113;

/** What an account is asked for first where it insists on a size, in bytes; more is asked for when it is needed. */
export const firstReserve = 1024 ** 2;

/** What is to be fixed of a stream; all else is the same for all of ours. */
export type StreamWish = Pick<StreamConfig, 'name' | 'description' | 'subjects' | 'max_age' | 'num_replicas'> &
  Partial<Pick<StreamConfig, 'duplicate_window'>>;

/**
 * The stream as it should be: made where there is none, with numbers behind `after`, changed where it is otherwise. It has no
 * size of its own: JetStream would set the size aside for it, used or not. Who fills it keeps to its bound. Where an account
 * insists on a size, it gets a small one, which grows.
 */
export const ensureStream = async (manager: JetStreamManager, wish: StreamWish, after = 0): Promise<StreamInfo> => {
  const config = {
    ...wish,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    max_msg_size: -1,
    no_ack: false,
  };
  const present = await findStream(manager, wish.name);
  const withSize = async (maxBytes: number): Promise<StreamInfo> => {
    const whole = { ...config, max_bytes: maxBytes };
    if (present) return isLike(present.config, whole) ? present : manager.streams.update(wish.name, whole);
    return manager.streams.add(after > 0 ? { ...whole, first_seq: after + 1 } : whole);
  };
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

const isLike = (present: StreamConfig, wanted: Partial<StreamUpdateConfig>): boolean =>
  Object.entries(wanted).every(
    ([key, value]) => JSON.stringify(present[key as keyof StreamConfig] ?? false) === JSON.stringify(value ?? false),
  );
