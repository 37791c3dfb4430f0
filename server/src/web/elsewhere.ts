import type { ProblemStatus } from '@semstreams/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemBody } from './problems.ts';

/** Sends the page of the ui; undefined where it is not built. */
export type SendPage = ((reply: FastifyReply) => FastifyReply) | undefined;

/**
 * Answers what no route takes, before a body is looked at: the methods of an address that is there, the page of the ui for an
 * address that may be one of its own, and a problem for everything else. To be called before there are routes.
 */
export const answerElsewhere = (fastify: FastifyInstance, sendPage: SendPage): void => {
  const methodsAt = watchRoutes(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    if (request.method === 'OPTIONS' && request.url === '*')
      return reply.status(204).header('allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS').send();
    const path = pathOf(request.url);
    const isPage = path === '/' || (isAsked(request.method) && mayBePage(path));
    const allowed = [...methodsAt(path), ...(isPage ? ['GET', 'HEAD'] : [])];
    if (allowed.length === 0) return problem(request, reply, 404, `there is nothing at ${shown(request.url)}`);
    void reply.header('allow', [...new Set([...allowed, 'OPTIONS'])].join(', '));
    if (request.method === 'OPTIONS') return reply.status(204).send();
    if (!allowed.includes(request.method))
      return problem(
        request,
        reply,
        405,
        `${request.method} is not for ${shown(path)}: it takes ${allowed.join(', ')}`,
      );
    if (sendPage === undefined) return problem(request, reply, 404, 'the ui is not built: run "npm run build"');
    return sendPage(reply.removeHeader('allow'));
  });
};

const isAsked = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Its path, without what is asked for. */
export const pathOf = (url: string): string => url.split('?', 1)[0]!;

const shown = (url: string): string => (url.length > 200 ? `${url.slice(0, 200)}…` : url);

const problem = (request: FastifyRequest, reply: FastifyReply, status: ProblemStatus, detail: string) =>
  reply
    .status(status)
    .type('application/problem+json')
    .send(problemBody(status, detail, request.url));

/** Addresses of programs, in whatever case: what is not there is not there, and no page stands in for it. */
const ofPrograms = /^\/(api|live|health|metrics|debug|assets)(\/|$)/i;

/** Whether the ui may have a page there: its pages are no files, so their names have no dots. */
const mayBePage = (path: string): boolean => {
  try {
    const decoded = decodeURIComponent(path);
    return !ofPrograms.test(decoded) && !/\/\/|\\|\.[^/]*$/.test(decoded);
  } catch {
    return false;
  }
};

interface Place {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
}

/** Collects the routes as they come, and tells which methods there are at a path. */
const watchRoutes = (fastify: FastifyInstance): ((path: string) => readonly string[]) => {
  const places: Place[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    places.push({ segments: segmentsOf(url), methods: [method].flat() });
  });
  return (path) => {
    const given = segmentsOf(path);
    return places.filter(({ segments }) => leadsTo(segments, given)).flatMap(({ methods }) => methods);
  };
};

const segmentsOf = (path: string): readonly string[] => path.replace(/\/$/, '').split('/');

const leadsTo = (segments: readonly string[], given: readonly string[]): boolean =>
  segments.length === given.length &&
  segments.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index]));
