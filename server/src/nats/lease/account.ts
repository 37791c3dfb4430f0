import type { NatsConnection } from '@nats-io/transport-node';
import { connectTo, type NatsAccess } from '../connection/access.ts';
import { connectionProblem } from '../connection/connection-problem.ts';
import { holderKey, nameOf, readHolder } from './holder.ts';
import { apiPrefixOf, writeSubject } from '../connection/jet-stream.ts';
import { missingRight } from '../connection/rights.ts';
import { StoredData, systemBucket } from '../storage/stored-data.ts';

/** What a login at an external NATS finds there. */
export interface Account {
  /** Why it cannot be used at all. */
  readonly problem: string | undefined;
  /** Rights that the login lacks, a clause each. */
  readonly missing: readonly string[];
  /** Who uses it, with the id of its data folder. */
  readonly holder: { readonly name: string; readonly instance: string } | undefined;
}

/** How long one question may take, in milliseconds. */
const patienceMs = 2000;

/** Looks at an account, and tries the rights that are needed; nothing is changed. */
export const inspectAccount = async (access: NatsAccess): Promise<Account> => {
  try {
    const nats = await connectTo(access, 'semstreams doctor', {
      waitOnFirstConnect: false,
      reconnect: false,
      timeout: patienceMs,
    });
    try {
      const tried = await Promise.all(neededBy(nats).map(async (subject) => lackOf(nats, subject)));
      const missing = [...new Set(tried.filter((lack) => lack !== undefined))];
      if (missing.length > 0) return { problem: undefined, missing, holder: undefined };
      await new StoredData(nats).answers(patienceMs);
      const holder = readHolder(await new StoredData(nats).get(systemBucket, holderKey));
      return { problem: undefined, missing, holder: holder && { name: nameOf(holder), instance: holder.instance } };
    } finally {
      await nats.close();
    }
  } catch (thrown) {
    return { problem: connectionProblem(thrown), missing: [], holder: undefined };
  }
};

/** A stream and a bucket that nobody has: to ask for them has no effect. */
const nobody = 'semstreams_doctor';

const neededBy = (nats: NatsConnection): string[] => {
  const api = apiPrefixOf(nats);
  const calls = ['INFO', 'CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.GET', 'MSG.DELETE'];
  return [
    `${api}.INFO`,
    `${api}.STREAM.LIST`,
    ...calls.map((call) => `${api}.STREAM.${call}.${nobody}`),
    writeSubject(nats, `$KV.${nobody}.right`),
    `semstreams.buffer.${nobody}`,
    `semstreams.dead_letters.${nobody}`,
  ];
};

/** What is no request is refused by whoever hears it, and says nothing against the right to ask. */
const lackOf = async (nats: NatsConnection, subject: string): Promise<string | undefined> => {
  try {
    await nats.request(subject, 'no request', { timeout: patienceMs });
    return undefined;
  } catch (thrown) {
    return missingRight(thrown);
  }
};
