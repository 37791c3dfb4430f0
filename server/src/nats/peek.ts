import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectTo } from './connection/access.ts';
import { managerOf } from './connection/jet-stream.ts';
import { StoredData } from './storage/stored-data.ts';

/** Works on the own nats-server of a data folder as an operator with the `nats` command would: for tests. */
export const byHand = async <Result>(
  dataDir: string,
  work: (manager: JetStreamManager, nats: NatsConnection) => Promise<Result>,
): Promise<Result> => {
  const listen = /^listen: "([^"]+)"/m.exec(readFileSync(join(dataDir, 'nats', 'nats-server.conf'), 'utf8'))![1]!;
  const pass = readFileSync(join(dataDir, 'nats', 'password'), 'utf8');
  const nats = await connectTo({ servers: [listen], user: 'semstreams', pass }, 'peek');
  return work(await managerOf(nats), nats).finally(async () => nats.close());
};

/** Works on what the own nats-server of a data folder keeps, past the server that it belongs to: for tests. */
export const peek = async <Result>(dataDir: string, work: (data: StoredData) => Promise<Result>): Promise<Result> =>
  byHand(dataDir, async (_, nats) => work(new StoredData(nats)));
