import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { missingRight } from './rights.ts';

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
    const right = missingRight(thrown);
    if (right !== undefined) throw new NatsAway(`NATS refuses: ${right}`, { cause: thrown });
    if (isNoAnswer(thrown)) throw new NatsAway(`NATS is away: it did not answer`, { cause: thrown });
    throw thrown;
  }
};

const isNoAnswer = (thrown: unknown): boolean => causes.some((cause) => thrown instanceof cause) || saysNobody(thrown);

/** Whether it says for certain that nobody listens there, which is not the same as silence. */
export const saysNobody = (thrown: unknown): boolean => {
  for (let each: unknown = thrown; each instanceof Error; each = each.cause)
    if (each instanceof errors.NoRespondersError || each.name === 'JetStreamNotEnabled') return true;
  return false;
};

/** What NATS does not want, in words that lead on; undefined where `thrown` is not its answer. */
export const refusalOf = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof JetStreamApiError)) return undefined;
  if (/no space left on device|disk quota exceeded/.test(thrown.message))
    return 'the disk that it keeps things on is full: make room there';
  if (/read-only file system|input\/output error/.test(thrown.message))
    return 'the disk that it keeps things on cannot be written any more: see what the log of its system says about it';
  if (thrown.code === storeFailed && !/maximum (bytes|messages)/.test(thrown.message)) return thrown.message;
  return refusals[thrown.code] ?? thrown.message;
};

/** Said of whatever goes wrong when something is stored. */
const storeFailed = 10_077;

const noStorage = 'it has no storage left for that: raise the limit of the account, or "nats.max_file_store"';
/** By error code of the JetStream API, see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const refusals: Readonly<Record<number, string>> = {
  10_002: noStorage,
  10_023: noStorage,
  10_028: noStorage,
  10_047: noStorage,
  10_077: 'the bucket is full: raise its "max_bytes", see "nats.bucket_size"',
  10_054: 'it is larger than a message may be: raise "max_payload" of NATS',
  10_027:
    'the account may have no more streams: ask for four, and one for each guaranteed connection and each flow with dead letters',
  10_026:
    'the account may have no more streams: ask for four, and one for each guaranteed connection and each flow with dead letters',
  10_039: 'the account may not use JetStream: switch it on for this account',
  10_076: 'JetStream is not switched on there: add "jetstream {}" to its configuration',
  10_109: 'the bucket was sealed by hand, so nothing can be changed: make a backup, remove the bucket, and restore',
};
