import { documentBounds, spaced } from '@semstreams/contract';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './problems.ts';

/** Largest body of JSON, in bytes. */
export const mostJsonBytes = 4 * 1024 ** 2;
/** Lists and objects within each other, in any body: as many as a message may have, since messages to try out come so, too. */
const mostDepth = 502;

/** JSON is looked over before it is parsed: a text of a few megabytes can hold more than can be worked on in one go. */
export const parseJsonBodies = (fastify: FastifyInstance): void => {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser('application/json');
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: mostJsonBytes },
    (request, body, done) => {
      const excess = jsonExcess(body);
      if (excess === undefined) void parse(request, body.toString(), done);
      else done(new HttpProblem(422, excess));
    },
  );
};

const [quote, backslash, comma, openList, openObject, closeList, closeObject] = Buffer.from('"\\,[{]}');

/**
 * Why a JSON text is more than may be asked, if it is: too deep, or of too many values. One pass over its bytes, without
 * making anything of them; what is no JSON at all is left to the parser.
 */
export const jsonExcess = (text: Uint8Array): string | undefined => {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === quote) at = endOfText(text, at);
    else if (byte === comma) values += 1;
    else if (byte === openList || byte === openObject) {
      depth += 1;
      values += 1;
      if (depth > mostDepth) return `lists and objects lie within each other more than ${mostDepth} times`;
    } else if (byte === closeList || byte === closeObject) depth -= 1;
    if (values > documentBounds.values) return `it has more than ${spaced(documentBounds.values)} values`;
  }
  return undefined;
};

/** Where the quotation mark stands that ends a text. */
const endOfText = (text: Uint8Array, start: number): number => {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
};
