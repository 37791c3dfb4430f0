import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';

/** Name of the stream behind a bucket. */
export const bucketStream = (bucket: string): string => `KV_${bucket}`;

type Config = Partial<StreamConfig> & { readonly name: string };

/** A bucket as `nats kv add` would make it: the newest value of each key, for ever. */
export const bucketConfig = (bucket: string, replicas: number): Config => ({
  name: bucketStream(bucket),
  description: 'SemStreams',
  storage: StorageType.File,
  num_replicas: replicas,
  allow_direct: true,
  ...kept(bucket),
});

/** What would make a bucket forget or refuse what it should keep. The rest is the business of who runs NATS. */
const kept = (bucket: string): Partial<StreamConfig> => ({
  subjects: [`$KV.${bucket}.>`],
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  max_msgs_per_subject: 1,
  max_msgs: -1,
  max_age: 0,
  max_msg_size: -1,
  allow_rollup_hdrs: true,
  deny_delete: false,
  deny_purge: false,
  sealed: false,
});

/** The settings of a bucket that somebody changed to its harm, as they should be. Empty where there are none. */
export const harmIn = (bucket: string, present: StreamConfig): Partial<StreamConfig> => {
  const wrong = Object.entries(kept(bucket)).filter(
    // what is left out is false
    ([key, value]) => JSON.stringify(present[key as keyof StreamConfig] ?? false) !== JSON.stringify(value),
  );
  return Object.fromEntries(wrong);
};
