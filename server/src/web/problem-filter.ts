import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NatsAway, refusalOf } from '../nats/connection/nats-away.ts';
import { HttpProblem, problemBody } from './problems.ts';

/** Turns whatever was thrown into problem details. What nobody foresaw is logged and tells nothing of the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, detail } = answerTo(thrown);
    // 503 and 507 are foreseen answers: NATS is away, the server is not ready yet, the disk is full
    if (status >= 500 && status !== 503 && status !== 507)
      this.log.error({
        msg: 'a request failed',
        url: request.url,
        reason: String(thrown),
        stack: (thrown as Error).stack,
      });
    // whoever asked is gone, or was told already
    if (reply.sent || request.raw.socket.destroyed) return;
    const { findings, retryAfterSeconds } = thrown instanceof HttpProblem ? thrown : {};
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
    void reply
      .status(status)
      .type('application/problem+json')
      .send(problemBody(status, detail, request.url, findings));
  }
}

const answerTo = (thrown: unknown): { status: number; detail: string } => {
  if (thrown instanceof HttpProblem) return { status: thrown.status, detail: thrown.message };
  if (thrown instanceof NatsAway) return { status: 503, detail: thrown.message };
  const refusal = refusalOf(thrown);
  if (refusal !== undefined) return { status: 503, detail: `NATS refuses: ${refusal}` };
  if (thrown instanceof HttpException) return { status: thrown.getStatus(), detail: thrown.message };
  const { statusCode, message } = (thrown ?? {}) as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, detail: message ?? '' };
  return { status: 500, detail: 'something went wrong inside; the log of the server says what' };
};
