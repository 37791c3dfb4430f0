import { hostname } from 'node:os';
import { connectTo, type NatsAccess } from '../connection/access.ts';
import { BucketStream } from '../storage/bucket-stream.ts';
import { connectionProblem } from '../connection/connection-problem.ts';
import { type Holder, holderKey, nameOf, readHolder } from './holder.ts';
import { systemBucket } from '../storage/stored-data.ts';

/**
 * Keeps a NATS account for an instance, whoever uses it; that one steps back. Resolves with who it was. Rejects with an
 * Error that says why it cannot be done.
 */
export const takeOver = async (
  access: NatsAccess,
  { instance, name }: Pick<Holder, 'instance' | 'name'>,
): Promise<string | undefined> => {
  try {
    const nats = await connectTo(access, 'semstreams take-over', { waitOnFirstConnect: false });
    try {
      const stream = new BucketStream(systemBucket, {
        connection: async () => nats,
        replicas: 1,
        sizeBytes: 1024 ** 2,
        wasThere: () => false,
        tell: () => undefined,
        tellOnce: () => undefined,
      });
      const kept = await stream.at(holderKey);
      const before = kept && !kept.isRemoval ? readHolder(kept.bytes) : undefined;
      const holder: Holder = {
        instance,
        process: '',
        name,
        host: hostname(),
        pid: 0,
        since: new Date().toISOString(),
        inbox: '',
        is_reserved: true,
      };
      await stream.overwrite(holderKey, new TextEncoder().encode(JSON.stringify(holder)));
      return before && nameOf(before);
    } finally {
      await nats.close();
    }
  } catch (cause) {
    throw new Error(connectionProblem(cause), { cause });
  }
};
