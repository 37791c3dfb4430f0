import { errors } from '@nats-io/transport-node';

/** NATS cannot be asked at this moment. */
export class NatsAway extends Error {
  override readonly name = 'NatsAway';
}

const causes = [
  errors.TimeoutError,
  errors.RequestError,
  errors.NoRespondersError,
  errors.ConnectionError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
];

/** Asks NATS, and says NatsAway where the answer does not come. */
export const asking = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
  try {
    return await ask();
  } catch (thrown) {
    if (causes.some((cause) => thrown instanceof cause))
      throw new NatsAway(`NATS is away: it did not answer`, { cause: thrown });
    throw thrown;
  }
};
