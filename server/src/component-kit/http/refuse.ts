import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';

/** Why a request is not taken. */
export interface Refusal {
  readonly status: number;
  /** For whoever looks at the answer: lower case, no full stop. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  readonly headers?: OutgoingHttpHeaders;
}

/** How long who is refused may go on sending what nobody reads, in milliseconds, so that the answer is not lost by a reset. */
const goOnMs = 1000;

/** Answers with a problem (RFC 9457). Where the request has not come to its end, the connection ends soon after. */
export const refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, detail, retryAfterSeconds, headers }: Refusal,
): void => {
  if (response.headersSent || response.destroyed) return;
  const body = `${JSON.stringify({ title: STATUS_CODES[status] ?? 'Refused', status, detail })}\n`;
  const isWhole = request.complete || !hasBody(request);
  const head: OutgoingHttpHeaders = {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(!isWhole && { connection: 'close' }),
    ...headers,
  };
  response.writeHead(status, head);
  if (isWhole) return void response.end(body);
  response.write(body);
  const end = (): void => {
    clearTimeout(force);
    response.end();
  };
  const force = setTimeout(end, goOnMs);
  request.once('end', end).once('close', end).resume();
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
