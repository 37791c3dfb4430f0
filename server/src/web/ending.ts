import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemBody } from './problems.ts';

/** How long those who have not been answered yet are waited for when all else has ended, in milliseconds. */
const unansweredMs = 1000;
/** When it is worth asking again, in seconds. */
const retryAfter = 10;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

const beginnings = new WeakMap<FastifyInstance, () => void>();

/**
 * Nobody who asks while the server ends goes without an answer: what would change something is refused, with when to ask again;
 * who only looks is answered until all else has ended; and what was under way before is waited for, for a short while.
 */
export const answerToTheEnd = (fastify: FastifyInstance): void => {
  const asking = new Set<ServerResponse>();
  let [isEnding, isClosing] = [false, false];
  beginnings.set(fastify, () => (isEnding = true));
  fastify.addHook('onRequest', async (request, reply) => {
    if (isClosing || (isEnding && !safeMethods.has(request.method))) return refuse(request, reply);
    asking.add(reply.raw);
    reply.raw.once('close', () => asking.delete(reply.raw));
  });
  fastify.addHook('preClose', async () => {
    isClosing = true;
    const unanswered = [...asking].filter(({ headersSent }) => !headersSent);
    const answered = Promise.all(
      unanswered.map(async (response) => new Promise((resolve) => response.once('close', resolve))),
    );
    await Promise.race([answered, sleep(unansweredMs)]);
  });
};

/** From now on nothing is begun that would change something. */
export const beginEnding = (fastify: FastifyInstance): void => beginnings.get(fastify)?.();

const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  await reply
    .status(503)
    .headers({ 'cache-control': 'no-store', connection: 'close', 'retry-after': String(retryAfter) })
    .type('application/problem+json')
    .send(problemBody(503, 'the server is ending: ask again when it runs again', request.url));
};
