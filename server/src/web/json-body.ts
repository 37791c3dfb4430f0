import type { IncomingHttpHeaders } from 'node:http';
import { documentBounds, spaced } from '@semstreams/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { wrongInJson } from './json-keys.ts';
import { unpacked } from './packed-body.ts';
import { sizeOfJson } from '../engine/json-size.ts';
import { limits } from '../engine/limits.ts';
import { HttpProblem } from './problems.ts';

/** Largest body of JSON, in bytes. */
export const mostJsonBytes = 4 * 1024 ** 2;
/** Lists and objects within each other, in any body: messages to try out come in a list of an object. */
const mostDepth = limits.levels + 2;

/** The bodies that are being answered, as they came. */
const texts = new WeakMap<object, string>();

/** A parsed body as it came. */
export const textOfBody = (body: unknown): string | undefined => texts.get(body as object);

/**
 * Takes JSON in UTF-8, plain or packed by gzip, and nothing else that calls itself so. It is looked over before it is parsed:
 * a text of a few megabytes can hold more than can be worked on in one go. No body at all is none, whatever its type.
 */
export const parseJsonBodies = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', async ({ headers }) => forgetTypeOfNothing(headers));
  fastify.addHook('preParsing', async ({ headers }, _, payload) => unpacked(headers, payload));
  fastify.removeContentTypeParser('application/json');
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: mostJsonBytes },
    async ({ headers }: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : parsed(headers, body)),
  );
};

/** `curl -d ''` calls nothing a form, others call it text. A file or a backup may be empty, and is one all the same. */
const forgetTypeOfNothing = (headers: IncomingHttpHeaders): void => {
  const isNothing = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (isNothing && !/^application\/(x-tar|octet-stream)\b/i.test(headers['content-type'] ?? ''))
    delete headers['content-type'];
};

const parsed = (headers: IncomingHttpHeaders, body: Buffer): unknown => {
  const text = decodedText(headers, body);
  const excess = jsonExcess(text);
  if (excess !== undefined) throw new HttpProblem(422, excess);
  const value = valueOf(text);
  if (typeof value === 'object' && value !== null) texts.set(value, text);
  refuseWrong(text);
  return value;
};

/** Throws a 400 problem that names the place where JSON that can be read is wrong all the same. */
export const refuseWrong = (json: string): void => {
  const wrong = wrongInJson(json);
  if (wrong === undefined) return;
  const { place, sentence } = wrong;
  throw new HttpProblem(400, `the body does not fit: ${place || 'body'}: ${sentence}`, [
    { severity: 'error', code: 'wrong_json', place, sentence },
  ]);
};

/** A body in UTF-8; a 415 or 400 problem where it is in anything else. */
export const decodedText = (headers: IncomingHttpHeaders, body: Buffer): string => {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset))
    throw new HttpProblem(415, `text comes in UTF-8, not in "${charset.slice(0, 40)}": send it so, without a charset`);
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new HttpProblem(400, 'the body is no UTF-8', undefined, { cause });
  }
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpProblem(400, `the body is no JSON: ${(cause as Error).message}`, undefined, { cause });
  }
};

/** Why a JSON text is more than may be asked, if it is: too deep, or of too many values. What is no JSON is left to the parser. */
export const jsonExcess = (text: string): string | undefined => {
  const { levels, containers, commas } = sizeOfJson(text, { levels: mostDepth, values: documentBounds.values });
  if (levels > mostDepth) return `lists and objects lie within each other more than ${mostDepth} times`;
  return 1 + containers + commas > documentBounds.values
    ? `it has more than ${spaced(documentBounds.values)} values`
    : undefined;
};
