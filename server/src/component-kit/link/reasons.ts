import type { IncomingMessage } from 'node:http';
import { hideInAddresses } from '../../engine/without-secrets.ts';
import { dialProblem } from '../network/dial-problem.ts';

/** Why a server did not take a connection, and how long it wants to be left alone, in milliseconds. */
export interface Refusal {
  readonly sentence: string;
  readonly waitMs: number;
}

/** What a server answered instead of a WebSocket, for people. `url` is what was asked for. */
export const refusalOf = (
  { statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  url: string,
  now: number,
): Refusal => {
  const said = `the server answered ${statusCode}`;
  const waitMs = retryAfterMs(headers['retry-after'], now);
  if (statusCode === 401 || statusCode === 403)
    return { sentence: `${said}: it wants a token, or another one than "token" holds`, waitMs };
  const target = statusCode >= 300 && statusCode < 400 ? targetOf(headers.location, url) : undefined;
  if (target !== undefined) return { sentence: `${said}: it is to be found at ${target}, so write that`, waitMs };
  if (statusCode === 404) return { sentence: `${said}: there is nothing at this path`, waitMs };
  if (statusCode === 200) return { sentence: `${said}: that is a page and no WebSocket`, waitMs };
  return { sentence: waitMs > 0 ? `${said} and wants to be left alone for a while` : said, waitMs };
};

/** The address of a redirect, as it would be written here. */
const targetOf = (location: string | undefined, url: string): string | undefined => {
  if (location === undefined) return undefined;
  try {
    const target = new URL(location, url).href.replace(/^http/, 'ws');
    return hideInAddresses(target).slice(0, longestTarget);
  } catch {
    return undefined;
  }
};
const longestTarget = 300;

/** A server may send us away for an hour at most. */
const mostRetryAfterMs = 3_600_000;

/** Milliseconds of `Retry-After`, which holds seconds or a date: RFC 9110, section 10.2.3. 0 where it says nothing. */
export const retryAfterMs = (header: string | undefined, now: number): number => {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(0, ms), mostRetryAfterMs);
};

/** Close codes that say nothing: RFC 6455, section 7.4.1. */
const silentCodes: ReadonlySet<number> = new Set([1000, 1005, 1006]);
const longestReason = 123;

/** Why a line was closed, with the code and the words of the far side where it has given some. */
export const closeReason = (code: number, reason: string): string => {
  const words = printable(reason).slice(0, longestReason);
  if (words === '' && silentCodes.has(code)) return 'the line was closed';
  return `the far side closed the line: ${[code, words].join(' ').trim()}`;
};

const printable = (text: string): string => text.replace(/\p{C}+/gu, ' ').trim();

const reasons: Readonly<Record<string, string>> = {
  EPROTO: 'what listens there does not speak TLS: is it "ws://"?',
  HPE_INVALID_CONSTANT: 'what listens there does not speak HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: is it "ws://"?',
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS: is it "wss://" here?',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'a message was larger than "max_message" allows',
};

/** Why a line did not come about or broke, for people. */
export const reasonOf = (error: NodeJS.ErrnoException): string => reasons[error.code ?? ''] ?? dialProblem(error);
