import { jetstream, JetStreamApiError, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;

/** The JetStream domain of a connection, where it has one. */
const domains = new WeakMap<NatsConnection, string>();

/** From now on this connection speaks to the JetStream of a domain, such as a hub behind a leaf node. */
export const useDomain = (nats: NatsConnection, domain: string): void => {
  if (domain !== '') domains.set(nats, domain);
};

/** The JetStream behind a connection. Nothing is asked of it before it is used. */
export const jetStreamOf = (nats: NatsConnection, timeout = patienceMs): JetStreamClient => {
  const domain = domains.get(nats);
  return jetstream(nats, domain === undefined ? { timeout } : { timeout, domain });
};

export const managerOf = async (nats: NatsConnection, timeout = patienceMs): Promise<JetStreamManager> =>
  jetStreamOf(nats, timeout).jetstreamManager(false);

/** Whether JetStream has answered with this code, see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const isCode = (thrown: unknown, code: number): boolean =>
  thrown instanceof JetStreamApiError && thrown.code === code;

export const isNoSuchStream = (thrown: unknown): boolean => isCode(thrown, 10_059);

/** What requests to JetStream begin with. Writes to buckets of a domain go there too, see ADR-8 of NATS. */
export const apiPrefixOf = (nats: NatsConnection): string => {
  const domain = domains.get(nats);
  return domain === undefined ? '$JS.API' : `$JS.${domain}.API`;
};

/** The subject that a write to `$KV.<bucket>.<key>` is published to. */
export const writeSubject = (nats: NatsConnection, subject: string): string =>
  domains.has(nats) ? `${apiPrefixOf(nats)}.${subject}` : subject;
