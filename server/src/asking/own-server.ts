import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { SettingsValues } from '../config/settings.schema.ts';
import { AskingFailed } from './asking-failed.ts';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | undefined;
  /** How long the server may be silent, in milliseconds. */
  readonly patienceMs: number;
}

/** Where the running server of these settings answers on this machine. */
export const ownServer = ({ host, port, tls }: Pick<SettingsValues, 'host' | 'port' | 'tls'>): URL => {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return new URL(`${tls.enabled ? 'https' : 'http'}://${reached}:${port}`);
};

/**
 * Asks a server and resolves with its answer, whatever its status. On this machine itself the certificate is not checked:
 * it names the host that others see. Rejects with an AskingFailed where nobody answers.
 */
export const ask = async (server: URL, { method = 'GET', path, headers = {}, body, patienceMs }: Asked) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const isTls = server.protocol === 'https:';
    const isHere = /^(127\.|localhost$|\[::1\]$)/.test(server.hostname);
    const target = new URL(path, server);
    const options = { method, headers, timeout: patienceMs, ...(isTls && isHere ? { rejectUnauthorized: false } : {}) };
    const asked = (isTls ? requestTls : requestPlain)(target, options, resolve);
    asked.on('timeout', () => asked.destroy(new Error(`it said nothing for ${patienceMs / 1000} s`)));
    asked.on('error', (cause) => reject(new AskingFailed(`${server.origin} ${reasonOf(cause)}`, { cause })));
    if (body) body.on('error', (cause) => asked.destroy(cause)).pipe(asked);
    else asked.end();
  });

/** The answer's text where it says yes; an AskingFailed with what a problem says otherwise. */
export const accepted = async (answer: IncomingMessage): Promise<IncomingMessage> => {
  if (answer.statusCode !== undefined && answer.statusCode < 300) return answer;
  const said = await text(answer);
  throw new AskingFailed(detailOf(said) ?? `the server answered ${answer.statusCode}`);
};

const detailOf = (said: string): string | undefined => {
  try {
    return (JSON.parse(said) as { detail?: string }).detail;
  } catch {
    return undefined;
  }
};

const reasonOf = (cause: NodeJS.ErrnoException): string =>
  cause.code === 'ECONNREFUSED'
    ? 'is not answered: the server does not run, or listens elsewhere'
    : cause.code === 'ECONNRESET' || cause.code === 'EPROTO'
      ? `does not speak as expected (${cause.message}): is TLS on at one end only?`
      : `cannot be asked: ${cause.message}`;
