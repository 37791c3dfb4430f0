import { tlsProblem } from './tls-problem.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'there is no answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'the line was cut',
  EPIPE: 'the line was cut',
  EHOSTDOWN: 'that machine does not answer',
  EADDRNOTAVAIL: 'this machine has no address to reach it from',
  EACCES: 'this machine may not connect there',
};

/** Why a line did not come about or broke, for people, to stand behind its address. */
export const dialProblem = (thrown: unknown): string => {
  const error = firstOf(thrown) as NodeJS.ErrnoException;
  return reasons[error.code ?? ''] ?? tlsProblem(error) ?? error.message;
};

/** Where several addresses of one name were tried, what happened with the first. */
const firstOf = (thrown: unknown): unknown =>
  thrown instanceof AggregateError && thrown.errors.length > 0 ? (thrown.errors[0] as unknown) : thrown;
