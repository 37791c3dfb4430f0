import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { connectionOptions } from './access.ts';
import { StoredData } from './stored-data.ts';

/** Works on what the own nats-server of a data folder keeps, past the server that it belongs to: for tests. */
export const peek = async <Result>(dataDir: string, work: (data: StoredData) => Promise<Result>): Promise<Result> => {
  const listen = /^listen: "([^"]+)"/m.exec(readFileSync(join(dataDir, 'nats', 'nats-server.conf'), 'utf8'))![1]!;
  const pass = readFileSync(join(dataDir, 'nats', 'password'), 'utf8');
  const nats = await connect(connectionOptions({ servers: [listen], user: 'semstreams', pass }, 'peek'));
  return work(new StoredData(nats, 1)).finally(async () => nats.close());
};
