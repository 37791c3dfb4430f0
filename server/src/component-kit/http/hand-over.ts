import { timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import type { Entry } from './port-book.ts';
import { refuse } from './refuse.ts';

const keyHeader = 'semstreams-handed-over';
const fromHeader = 'semstreams-handed-from';

/** Where requests came from that another process has handed over. */
const callers = new WeakMap<IncomingMessage, string>();

/** The address that a request came from. */
export const callerOf = (request: IncomingMessage): string =>
  callers.get(request) ?? request.socket.remoteAddress ?? '';

/** Hands a request to the process that has its path, and its answer back. */
export const handOver = (request: IncomingMessage, response: ServerResponse, { inner, key }: Entry): void => {
  const { method, url, headers } = request;
  const further = ask({
    host: '127.0.0.1',
    port: inner,
    method,
    path: url,
    headers: { ...headers, [keyHeader]: key, [fromHeader]: callerOf(request) },
  });
  further.on('continue', () => response.writeContinue());
  further.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  further.on('error', () => {
    request.unpipe(further);
    refuse(request, response, { status: 503, detail: 'the flow is being started', retryAfterSeconds: 1 });
  });
  response.once('close', () => further.destroy());
  request.pipe(further);
};

/** Takes note of where a request came from that was handed over; false where it was not. */
export const isHandedOver = (request: IncomingMessage, key: string): boolean => {
  const [shown, right] = [Buffer.from(String(request.headers[keyHeader] ?? '')), Buffer.from(key)];
  if (shown.length !== right.length || !timingSafeEqual(shown, right)) return false;
  callers.set(request, String(request.headers[fromHeader] ?? ''));
  return true;
};
