import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as askPlain,
} from 'node:http';
import { Agent as SecureAgent, request as askSecure } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { forbidden, lookup } from '../network/lookup.ts';
import { httpProblem } from './http-problem.ts';
import { gunzip } from './read-body.ts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** How long all of it may take, from the connection to the end of the answer. */
  readonly withinMs: number;
  /** What is read of the answer, also when it is unpacked, in bytes. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its beginning where it is larger than what is read of it. */
  readonly body: Buffer;
  readonly isCut: boolean;
}

/** There is no answer, or none that can be read; the sentence says why. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** What all headers of an answer may take, in bytes. */
const mostHeaderBytes = 16 * 1024;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;

/** Asks HTTP servers, by lines that are kept for the next request. Redirects are not followed: their target is in the answer. */
export class HttpClient {
  private readonly plain: Agent;
  private readonly secure: SecureAgent;

  constructor(tls: ConnectionOptions) {
    const options = {
      keepAlive: true,
      keepAliveMsecs: keepAliveMs,
      maxFreeSockets: 4,
      lookup,
      scheduling: 'lifo',
    } as const;
    this.plain = new Agent(options);
    this.secure = new SecureAgent({ ...options, ...tls });
  }

  /** Rejects with a NoAnswer, or with an AbortError when the signal is aborted. */
  async ask(asked: Asked): Promise<Answer> {
    try {
      return await this.askOnce(asked);
    } catch (thrown) {
      // a server may end a line at the moment in which it is used again
      if (thrown instanceof LineWasOld) return this.askOnce(asked);
      throw thrown;
    }
  }

  /** Ends the lines that are kept. */
  close(): void {
    this.plain.destroy();
    this.secure.destroy();
  }

  private async askOnce({ method, url, headers, body, withinMs, mostBytes, signal }: Asked): Promise<Answer> {
    signal.throwIfAborted();
    const problem = forbidden(url.hostname);
    if (problem) throw new NoAnswer(problem.message, { cause: problem });
    const isSecure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request = (isSecure ? askSecure : askPlain)(url, {
        method,
        headers: { ...headers, ...(body && { 'content-length': body.length }) },
        agent: isSecure ? this.secure : this.plain,
        maxHeaderSize: mostHeaderBytes,
      });
      const end = (act: () => void): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', abort);
        act();
      };
      const giveUp = (reason: unknown): void => {
        end(() => reject(reason as Error));
        request.destroy();
      };
      const abort = (): void => giveUp(signal.reason);
      const late = setTimeout(
        () => giveUp(new NoAnswer(`there is no whole answer within ${withinMs / 1000} s`)),
        withinMs,
      );
      signal.addEventListener('abort', abort, { once: true });
      request.on('error', (error: NodeJS.ErrnoException) =>
        end(() => {
          const isOld = request.reusedSocket && error.code === 'ECONNRESET';
          reject(isOld ? new LineWasOld() : new NoAnswer(httpProblem(error), { cause: error }));
        }),
      );
      request.once('response', (response: IncomingMessage) => {
        readAnswer(response, mostBytes).then(
          (answer) => end(() => resolve(answer)),
          (thrown: unknown) => giveUp(thrown),
        );
      });
      request.end(body);
    });
  }
}

class LineWasOld extends Error {}

/** So much of an answer that nobody wants to read is passed over, so that its line can be used again, in bytes. */
const mostPassedOver = 64 * 1024;

const readAnswer = async (response: IncomingMessage, most: number): Promise<Answer> => {
  const { body, isCut } = await readUpTo(response, most);
  const { statusCode: status = 0, headers } = response;
  if (!/^(x-)?gzip$/i.test(headers['content-encoding'] ?? '')) return { status, headers, body, isCut };
  if (isCut) return { status, headers, body: Buffer.alloc(0), isCut };
  const plain = await gunzip(body, most).catch((cause: unknown) => {
    throw new NoAnswer('the answer says that it is gzip, and is none', { cause });
  });
  return { status, headers, body: plain ?? Buffer.alloc(0), isCut: plain === undefined };
};

const readUpTo = async (
  response: IncomingMessage,
  most: number,
): Promise<{ readonly body: Buffer; readonly isCut: boolean }> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
      const body = Buffer.concat(chunks);
      resolve({ body: body.subarray(0, most), isCut: bytes > most });
    };
    response.on('data', (chunk: Buffer) => {
      if (bytes <= most) chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= most + mostPassedOver) return;
      response.destroy();
      done();
    });
    response.once('end', done);
    response.once('error', () => reject(new NoAnswer('the answer was cut')));
    response.once('close', () => (response.complete ? done() : reject(new NoAnswer('the answer was cut'))));
  });
