import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { RequestPayload } from 'fastify';
import { HttpProblem } from './problems.ts';

/**
 * A body as it was before it was packed for the way. JSON may be packed by gzip; whoever reads it bounds what comes out. A
 * backup comes as it is. Throws a 415 problem for everything else.
 */
export const unpacked = (headers: IncomingHttpHeaders, payload: RequestPayload): RequestPayload => {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return payload;
  if (!/^(x-)?gzip$/.test(encoding))
    throw new HttpProblem(
      415,
      `a body packed by "${encoding.slice(0, 40)}" is not understood: send it plain, or by gzip`,
    );
  if (!/^(application\/(json|yaml|x-yaml)|text\/yaml)\b/i.test(headers['content-type'] ?? ''))
    throw new HttpProblem(415, 'only JSON and YAML may be packed for the way: send this body as it is');
  return gunzipped(payload);
};

const gunzipped = (payload: RequestPayload): RequestPayload => {
  const plain: RequestPayload & Transform = createGunzip();
  plain.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => (plain.receivedEncodedLength! += chunk.length));
  pipeline(payload, plain, () => undefined);
  return plain;
};
