import { Logger } from '@nestjs/common';
import type { ProblemName } from '@semstreams/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Audit } from '../access/audit.ts';
import { stranger } from '../access/audit-file.ts';
import { refusalOf, refusalOfAll } from '../access/principal.ts';
import { isTrusted } from '../access/trusted-origin.ts';
import { askerOf, noteAsker } from './asker.ts';
import { deedsOf } from './deeds.ts';
import { type Call, callOf, type Tag } from './document/calls.ts';
import { problemBody } from './problems.ts';

const log = new Logger('Audit');
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The one way in: where a request may come from, who asks, and whether they may make this call, by the list of calls. It looks at
 * the route that was matched, never at the address as it was written.
 */
export const guardCalls = (
  fastify: FastifyInstance,
  given: { readonly access: Access; readonly audit: Audit; readonly allowedHosts: () => readonly string[] },
): void => {
  const { access, audit, allowedHosts } = given;
  fastify.addHook('onRequest', async (request, reply) => {
    // answers of programs are of now; what may be kept says so itself
    void reply.header('cache-control', 'no-store');
    const call = callOf(request.method, request.routeOptions.url);
    const refusal = placeRefusal(request, call, allowedHosts()) ?? callRefusal(request, call, access);
    if (refusal) await refuse(request, reply, refusal);
  });
  // whoever asks may keep us waiting for the body: when it is there they may be nobody any more
  fastify.addHook('preHandler', async (request, reply) => {
    const refusal = callRefusal(request, callOf(request.method, request.routeOptions.url), access);
    if (refusal) await refuse(request, reply, refusal);
  });
  const refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { status, detail, kind }: Refusal,
  ): Promise<void> => {
    const call = callOf(request.method, request.routeOptions.url);
    if (call) noteOutcome(audit, request, call, { status, detail });
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    await reply
      .status(status)
      .type('application/problem+json')
      .send(problemBody(status, detail, request.url, { kind }));
  };
  // not when the answer has arrived: who hangs up before that has done it all the same
  fastify.addHook('onSend', async (request, reply) => {
    const call = callOf(request.method, request.routeOptions.url);
    if (call && (reply.statusCode < 400 || reply.statusCode === 500 || deedsOf(request)))
      noteOutcome(audit, request, call, { status: reply.statusCode });
  });
  endWithItsAsker(fastify, access);
};

interface Refusal {
  readonly status: 401 | 403;
  readonly detail: string;
  readonly kind?: ProblemName;
}

/** What any page could ask for without knowing who is before it is what everybody may see. */
const placeRefusal = (
  request: FastifyRequest,
  call: Call | undefined,
  allowedHosts: readonly string[],
): Refusal | undefined => {
  const isOpen = safeMethods.has(request.method) && (call === undefined || call.needs === 'nothing');
  if (isOpen || isTrusted(request.headers, allowedHosts)) return undefined;
  return {
    status: 403,
    kind: 'foreign-page',
    detail: 'this request comes from another page or under an unknown host name; see "allowed_hosts"',
  };
};

const callRefusal = (request: FastifyRequest, call: Call | undefined, access: Access): Refusal | undefined => {
  const principal = access.principalOf(request.headers);
  if (principal) noteAsker(request, principal, () => access.isStill(principal));
  if (!call) return undefined;
  const refusal = refusalOf(principal, call.needs, flowOf(request));
  return refusal ?? (call.ofAll && principal ? refusalOfAll(principal) : undefined);
};

const flowOf = ({ params, routeOptions: { url = '' } }: FastifyRequest): string | undefined =>
  url.startsWith('/api/v1/flows/:id') ? (params as { readonly id?: string }).id : undefined;

/** Calls about who may do what, about all that is kept, or about the inside. */
const aboutAccess: ReadonlySet<Tag> = new Set(['Access', 'Backup', 'Operations']);

/** Notes what the handler said that it did, or else that the call was made. */
const noteOutcome = (
  audit: Audit,
  request: FastifyRequest,
  { id, tag, audit: isNoted = !safeMethods.has(request.method) }: Call,
  { status, detail }: { readonly status: number; readonly detail?: string },
): void => {
  const flow = flowOf(request);
  const outcome = status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';
  const itself = {
    outcome,
    ...(flow === undefined ? {} : { flow }),
    ...(detail === undefined ? {} : { detail }),
  } as const;
  const deeds = deedsOf(request);
  // what went wrong after some of it was done is noted as well
  const all = [...(deeds ?? []), ...((deeds ? outcome === 'failed' : isNoted) ? [itself] : [])];
  try {
    for (const deed of all)
      audit.note(
        { who: askerOf(request)?.who ?? stranger, from: request.ip, what: id, ...itself, ...deed },
        aboutAccess.has(tag) ? 'access' : 'flows',
      );
  } catch (thrown) {
    // what was done is done, and what was refused stays so; the log has it then
    log.error({
      msg: 'the audit cannot be written: see the data folder',
      what: id,
      deeds: all,
      reason: String(thrown),
    });
  }
};

/** Answers that go on for long, such as looks and events, end as soon as whoever asked may not any more. */
const endWithItsAsker = (fastify: FastifyInstance, access: Access): void => {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const principal = askerOf(request);
    if (!principal || typeof (payload as { pipe?: unknown } | null)?.pipe !== 'function') return;
    reply.raw.once(
      'close',
      access.hold(principal, () => reply.raw.destroy()),
    );
  });
};
