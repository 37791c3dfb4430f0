import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { askerOf } from './asker.ts';
import { textOfBody } from './json-body.ts';
import { HttpProblem } from './problems.ts';

/** Header by which a request says that it is the same one again. */
export const idempotencyHeader = 'idempotency-key';

const longestKey = 200;
/** How it is described. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  required: false,
  description: 'Sent again with the same key within ten minutes, it is not done again, and answered as the first time.',
  schema: {
    type: 'string',
    pattern: '^[!-~]([ -~]*[!-~])?$',
    maxLength: longestKey,
    example: '6f1b6a1e-9a4e-4c8e-8a57-0c6b1b2d3e4f',
  },
} as const;

/** How long an answer is known, in milliseconds, and how many at most: the oldest is forgotten first. */
const knownMs = 10 * 60_000;
const mostKnown = 1000;

interface Known {
  readonly asked: string;
  readonly answer: Promise<unknown>;
  readonly until: number;
}

/**
 * A request with a key is done once: sent again, as after a line that broke, it gets the answer of the first one, also while that
 * is still under way. What failed may be tried again. Known for ten minutes, in the memory of this server.
 */
@Injectable()
export class DoneOnce implements NestInterceptor {
  private readonly known = new Map<string, Known>();
  /** Milliseconds of a clock that only goes forward. */
  now = (): number => performance.now();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers[idempotencyHeader];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || key.trim() === '' || key.length > longestKey)
      throw new HttpProblem(400, `"Idempotency-Key" has 1 to ${longestKey} characters: a UUID serves well`);
    const place = `${askerOf(request)?.who} ${request.method} ${request.url} ${key}`;
    return from(this.once(place, digestOf(request.body), async () => lastValueFrom(next.handle())));
  }

  private async once(place: string, asked: string, make: () => Promise<unknown>): Promise<unknown> {
    this.forgetOld();
    const before = this.known.get(place);
    if (before && before.asked !== asked)
      throw new HttpProblem(
        422,
        'this "Idempotency-Key" was used for another body: take a new key for a new request',
        undefined,
        { kind: 'key-used-before' },
      );
    if (before) return before.answer;
    const answer = make();
    this.known.set(place, { asked, answer, until: this.now() + knownMs });
    answer.catch(() => this.known.delete(place));
    return answer;
  }

  private forgetOld(): void {
    for (const [place, { until }] of this.known) {
      if (until > this.now() && this.known.size < mostKnown) return;
      this.known.delete(place);
    }
  }
}

const digestOf = (body: unknown): string =>
  createHash('sha256')
    .update((typeof body === 'object' && body !== null && textOfBody(body)) || JSON.stringify(body ?? null))
    .digest('base64');
