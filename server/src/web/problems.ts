import type { Finding, Problem } from '@semstreams/contract';
import { STATUS_CODES } from 'node:http';

/** An answer that says no, as problem details of RFC 9457. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  /** When it is worth asking again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly status: number,
    detail: string,
    readonly findings?: readonly Finding[],
    options?: ErrorOptions & { readonly retryAfterSeconds?: number },
  ) {
    super(detail, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

export const notFound = (detail: string): HttpProblem => new HttpProblem(404, detail);
export const conflict = (detail: string): HttpProblem => new HttpProblem(409, detail);
/** What was asked for is understood and cannot be done as it is. */
export const refused = (detail: string, findings: readonly Finding[]): HttpProblem =>
  new HttpProblem(422, detail, findings);

export const problemBody = (
  status: number,
  detail: string,
  instance: string,
  findings?: readonly Finding[],
): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  instance,
  ...(findings ? { findings: [...findings] } : {}),
});
