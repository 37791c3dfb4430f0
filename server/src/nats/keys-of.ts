import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;

/**
 * Keys of a bucket that were ever written, by name; what was removed is among them. `filter` may have wildcards. The
 * client's own way reads them through a consumer, which cannot be made while the disk is full, and which says nothing where
 * its line is cut in the middle.
 */
export const keysOf = async (nats: NatsConnection, bucket: string, filter = '>'): Promise<string[]> => {
  const prefix = `$KV.${bucket}.`;
  const manager = await jetstream(nats, { timeout: patienceMs }).jetstreamManager(false);
  const { state } = await manager.streams.info(`KV_${bucket}`, { subjects_filter: `${prefix}${filter}` });
  return Object.keys(state.subjects ?? {})
    .map((subject) => subject.slice(prefix.length))
    .sort();
};
