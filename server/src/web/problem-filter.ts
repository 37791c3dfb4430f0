import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { ProblemStatus } from '@semstreams/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { diskProblemOf } from '../machine/disk-problem.ts';
import { NatsAway, refusalOf } from '../nats/connection/nats-away.ts';
import { mostJsonBytes } from './json-body.ts';
import { HttpProblem, problemBody, toldStatus } from './problems.ts';

/** Turns whatever was thrown into problem details. What nobody foresaw is logged and tells nothing of the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const isGone = !request.raw.complete && request.raw.socket.destroyed;
    const { status, detail } = answerTo(thrown);
    // 503 and 507 are foreseen answers: NATS is away, the server is not ready yet, the disk is full; an upload that broke off is
    // a matter of whoever sent it
    if (status >= 500 && status !== 503 && status !== 507 && !isGone)
      this.log.error({
        msg: 'a request failed',
        url: request.url,
        reason: String(thrown),
        stack: (thrown as Error).stack,
      });
    // whoever asked is gone, or was told already
    if (reply.sent || request.raw.socket.destroyed) return;
    const { findings, kind, retryAfterSeconds } = thrown instanceof HttpProblem ? thrown : {};
    const retryAfter = retryAfterSeconds ?? (status === 503 ? usualRetrySeconds : undefined);
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    void reply
      .status(status)
      .type('application/problem+json')
      .send(problemBody(status, detail, request.url, { findings, kind }));
  }
}

/** When what is away is asked for again, where nobody knows better. */
const usualRetrySeconds = 5;

/** What is answered where `thrown` ends a request. */
export const answerTo = (thrown: unknown): { status: ProblemStatus; detail: string } => {
  if (thrown instanceof HttpProblem) return { status: thrown.status, detail: thrown.message };
  if (thrown instanceof NatsAway) return { status: 503, detail: thrown.message };
  const refusal = refusalOf(thrown);
  if (refusal !== undefined) return { status: 503, detail: `NATS refuses: ${refusal}` };
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus();
    return { status: toldStatus(status), detail: ofFastify[status] ?? thrown.message };
  }
  const { statusCode, message, code } = (thrown ?? {}) as { statusCode?: number; message?: string; code?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { status: toldStatus(statusCode), detail: ofZlib[code ?? ''] ?? message ?? '' };
  const diskProblem = diskProblemOf(thrown);
  if (diskProblem !== undefined) return { status: 507, detail: `${diskProblem}, then try again` };
  return { status: 500, detail: 'something went wrong inside; the log of the server says what' };
};

/** What Fastify refuses by itself, in words that lead on. */
const ofFastify: Readonly<Record<number, string>> = {
  413: `the body is larger than ${mostJsonBytes / 1024 ** 2} MB`,
  415: 'a body of this type is not understood: send "Content-Type: application/json"',
};

/** What zlib finds wrong with a packed body, by its codes. */
const ofZlib: Readonly<Record<string, string>> = {
  Z_DATA_ERROR: 'the body is not packed by gzip as its head says',
  Z_BUF_ERROR: 'the body ends before what is packed in it does',
};
