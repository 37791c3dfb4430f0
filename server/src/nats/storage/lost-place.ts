import type { StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { askForRestart } from '../connection/restart-request.ts';

/**
 * Whether JetStream has lost its place in reading a damaged file: its newest number is before its oldest, or, where a message
 * was kept since, there are more messages than numbers. A damaged one that was trimmed is a message without a number, too.
 */
export const hasLostItsPlace = ({ state }: Pick<StreamInfo, 'state'>, knownLast = 0): boolean => {
  const { messages, first_seq: first, last_seq: last } = state;
  if (messages === 0) return false;
  return last === 0 || last < first - 1 || (last < knownLast && messages > last - first + 1);
};

/** Asks for a new start of NATS, in which it finds what is left of the stream; a sentence that says so. */
export const askToFindItsPlace = async (nats: NatsConnection, stream: string): Promise<string> => {
  const isRestarted = await askForRestart(nats, `a file of "${stream}" is damaged`);
  return `NATS finds what is left of it in a new start${isRestarted ? '' : ': restart NATS'}`;
};
