import type { NodeConnectionOptions } from '@nats-io/transport-node';

/** Where and as whom to connect. Plain data, so that it can be handed to the threads of the lanes. */
export interface NatsAccess {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

const reconnectMs = 250;

/** Options of a connection that is tried for ever. `name` is what NATS shows it under. */
export const connectionOptions = ({ servers, ...access }: NatsAccess, name: string): NodeConnectionOptions => ({
  ...access,
  servers: [...servers],
  name,
  waitOnFirstConnect: true,
  maxReconnectAttempts: -1,
  reconnectTimeWait: reconnectMs,
  reconnectJitter: reconnectMs,
});
