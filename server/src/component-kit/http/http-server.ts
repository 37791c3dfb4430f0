import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { readTlsFiles, TlsFiles } from '../network/tls-files.ts';

/** How long a request may take up to the end of its headers, and a connection may be silent between two, in milliseconds. */
const headersMs = 10_000;
const silentMs = 60_000;
/** How often it is looked who takes longer, in milliseconds. */
const lookMs = 1000;
/** What all headers of a request may take, in bytes. */
const mostHeaderBytes = 16 * 1024;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;

const options = {
  maxHeaderSize: mostHeaderBytes,
  headersTimeout: headersMs,
  requestTimeout: 0,
  keepAliveTimeout: silentMs,
  connectionsCheckingInterval: lookMs,
  keepAlive: true,
  keepAliveInitialDelay: keepAliveMs,
  noDelay: true,
} as const;

/** A server for HTTP, or HTTPS where there is a certificate, that bounds what callers may send and how long they may take. */
export const makeServer = (tls?: {
  readonly files: ReturnType<typeof readTlsFiles>;
  readonly asksForCertificates: boolean;
}): Server =>
  tls
    ? createSecureServer({ ...options, ...tls.files, requestCert: tls.asksForCertificates, rejectUnauthorized: true })
    : createServer(options);

/** Resolves when it listens; rejects with the error of the system. */
export const listening = async (server: Server, port: number, host: string): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  server.removeAllListeners('error');
};

/** Answers what is no HTTP, or takes too long. Returns whether it was no HTTP at all. */
export const hangUp = ({ code = '' }: NodeJS.ErrnoException, socket: Duplex): boolean => {
  const [status, isStranger] = badRequests[code] ?? ['400 Bad Request', code.startsWith('HPE_')];
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  else socket.destroy();
  return isStranger;
};

const badRequests: Readonly<Record<string, readonly [status: string, isStranger: boolean]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', false],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', false],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', false],
};

/** The files of TLS of a port, to be compared. */
export const tlsOf = ({ ca_file, cert_file, key_file }: TlsFiles): readonly string[] => [ca_file, cert_file, key_file];

export const hasSameTls = (one: readonly string[], other: readonly string[]): boolean =>
  one.join('\n') === other.join('\n');
