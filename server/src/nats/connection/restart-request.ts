import { errors, type NatsConnection } from '@nats-io/transport-node';

const subject = 'semstreams.restart_nats';
/** How long an answer may take, in milliseconds. */
const patienceMs = 2000;

/**
 * Asks whoever runs this nats-server to start it again. Returns whether somebody does: nobody does with an external one, which
 * an operator has to start again.
 */
export const askForRestart = async (nats: NatsConnection, why: string): Promise<boolean> => {
  try {
    await nats.request(subject, why, { timeout: patienceMs });
    return true;
  } catch (thrown) {
    if (thrown instanceof errors.NoRespondersError || thrown instanceof errors.RequestError) return false;
    throw thrown;
  }
};

/** Answers such requests for as long as the connection lasts: the connection ends with the server, so one is enough. */
export const answerRestartRequests = (nats: NatsConnection, restart: (why: string) => Promise<void>): void => {
  nats.subscribe(subject, {
    callback: (_, message) => {
      message.respond();
      void restart(message.string());
    },
  });
};
