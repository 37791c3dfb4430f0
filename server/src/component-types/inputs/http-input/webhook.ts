import type { IncomingMessage, ServerResponse } from 'node:http';
import { ByAddress, shareOfOne } from '../../../access/by-address.ts';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { callerOf } from '../../../component-kit/http/hand-over.ts';
import { readBody, Refused, type Room, tooBusy, tooLarge, unpackBody } from '../../../component-kit/http/read-body.ts';
import { refuse, type Refusal } from '../../../component-kit/http/refuse.ts';
import { readSent, sentHeader } from '../../../component-kit/http/sent-positions.ts';
import { isAllowedOrigin } from '../../../component-kit/link/listening.ts';
import type { Collection } from '../../../engine/collect.ts';
import type { Io } from '../../../engine/component.ts';
import { type Headers, type Message } from '../../../engine/message.ts';
import { bodyReader } from './bodies.ts';
import { headerOf, signatureCheck, tokenCheck } from './credentials.ts';
import type { HttpInputConfig } from './http-input.definition.ts';
import { type Mark, Once, OtherRequest } from './once.ts';

/** So many characters of a header are kept. */
const longestHeader = 1000;
const longestKey = 500;

/** Takes requests into the flow, and answers each when its messages are safe. */
export class Webhook {
  private readonly hasToken;
  private readonly isSigned;
  private readonly readerOf;
  private readonly once;
  private readonly keepHeaders: readonly string[];
  private readonly unanswered = new Set<(refusal: Refusal) => void>();
  private readonly byAddress = new ByAddress();
  private waitingBytes = 0;
  taken = 0;
  refused = 0;
  lastRefusal = '';

  constructor(
    private readonly config: HttpInputConfig,
    private readonly io: Pick<Io, 'component' | 'message' | 'keepInvalid'>,
    private readonly collection: Collection,
  ) {
    this.hasToken = tokenCheck(config);
    this.isSigned = signatureCheck(config);
    this.readerOf = bodyReader(config);
    this.once = new Once(io.component);
    this.keepHeaders = config.headers.map((name) => name.toLowerCase());
  }

  get waiting(): number {
    return this.unanswered.size;
  }

  get repeated(): number {
    return this.once.repeated;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    let hasRoom = 0;
    let late: NodeJS.Timeout | undefined;
    const end = (refusal?: Refusal): void => {
      clearTimeout(late);
      if (!this.unanswered.delete(end)) return;
      this.waitingBytes -= hasRoom;
      leave();
      if (refusal) this.refuse(request, response, refusal);
    };
    allowOrigin(request, response, this.config.allowed_origins);
    if (request.method === 'OPTIONS' && isPreflight(request)) return this.preflight(request, response);
    const no = this.refusalOf(request);
    if (no) return this.refuse(request, response, no);
    this.unanswered.add(end);
    const leave = this.byAddress.enter(callerOf(request));
    const room = {
      take: (bytes: number): boolean => {
        if (this.waitingBytes + bytes > this.config.max_waiting && this.waitingBytes > hasRoom) return false;
        this.waitingBytes += bytes;
        hasRoom += bytes;
        return true;
      },
    };
    if (request.headers.expect !== undefined) response.writeContinue();
    const { max_body: most, timeout: withinMs } = this.config;
    readBody(request, { most, withinMs, room })
      .then(async (body) => this.read(request, body, room))
      .then(({ messages, mark }) => {
        if (!this.unanswered.has(end)) return;
        late = setTimeout(() => end(notYetSafe), withinMs);
        this.handOn(messages, mark, () => {
          if (this.unanswered.has(end)) this.answer(response, messages.length);
          end();
        });
      })
      .catch((thrown: unknown) => end(refusalFor(thrown)));
  }

  /** Nobody is left who would make it safe. */
  end(): void {
    for (const end of [...this.unanswered]) end(ended);
  }

  /** A browser asks whether a page of another origin may send. */
  private preflight(request: IncomingMessage, response: ServerResponse): void {
    const { methods, allowed_origins: origins } = this.config;
    if (!isAllowedOrigin(request.headers, origins)) return this.refuse(request, response, wrongOrigin);
    response.writeHead(204, {
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
      'access-control-max-age': '600',
    });
    response.end();
  }

  private refusalOf(request: IncomingMessage): Refusal | undefined {
    const { method = '', headers } = request;
    const { methods, allowed_origins: origins, max_requests: mostRequests, max_body: most } = this.config;
    const mostOfOne = this.config.max_per_address ?? shareOfOne(mostRequests);
    if (!(methods as readonly string[]).includes(method))
      return { status: 405, detail: `send it by ${methods.join(' or ')}`, headers: { allow: methods.join(', ') } };
    if (!this.hasToken(headers)) return noToken;
    if (!isAllowedOrigin(headers, origins)) return wrongOrigin;
    if (!this.readerOf(headers['content-type']))
      return {
        status: 415,
        detail: `a body of type "${(headers['content-type'] ?? '').slice(0, 100)}" is not taken here: "format" is "${this.config.format}"`,
      };
    if (Number(headers['content-length'] ?? 0) > most) return tooLarge(most);
    const isCrowded = this.byAddress.of(callerOf(request)) >= mostOfOne;
    return this.unanswered.size >= mostRequests || isCrowded ? tooBusy : undefined;
  }

  /** The messages of a body. Throws a Refused where it holds something else. */
  private async read(
    request: IncomingMessage,
    raw: Buffer,
    room: Room,
  ): Promise<{ readonly messages: readonly Message[]; readonly mark: Mark | undefined }> {
    const { headers } = request;
    if (!this.isSigned(headers, raw)) throw new Refused(wrongSignature);
    const body = await unpackBody(raw, headers['content-encoding'], this.config.max_body);
    if (body !== raw && !room.take(body.length)) throw new Refused(tooBusy);
    const from = addressOf(callerOf(request));
    const kept = this.headersOf(request, from);
    const messages: Message[] = [];
    for (const decoded of this.readerOf(headers['content-type'])!(body, from)) {
      if ('invalid' in decoded) {
        const where = messages.length === 0 ? '' : `message ${messages.length + 1} of the body: `;
        const detail = `${where}${decoded.invalid}`;
        await this.io.keepInvalid(detail, body);
        throw new Refused({ status: 400, detail });
      }
      messages.push(this.io.message(decoded.payload, { json: decoded.json, size: decoded.size, headers: kept }));
    }
    return { messages, mark: this.markOf(request, raw, messages.length) };
  }

  private headersOf({ headers }: IncomingMessage, address: string): Headers {
    const kept: Record<string, string> = { address };
    for (const name of this.keepHeaders) {
      const value = headerOf(headers, name);
      if (value !== '') kept[name] = value.slice(0, longestHeader);
    }
    return Object.freeze(kept);
  }

  private markOf({ headers }: IncomingMessage, body: Buffer, count: number): Mark | undefined {
    const numbers = headerOf(headers, sentHeader.toLowerCase());
    if (numbers !== '') {
      const sent = readSent(numbers, count);
      if (!sent) throw new Refused({ status: 400, detail: `"${sentHeader}" does not name each message of the body` });
      return { sent };
    }
    const name = this.config.key_header.toLowerCase();
    const key = name === '' ? '' : headerOf(headers, name);
    if (key.length > longestKey)
      throw new Refused({ status: 400, detail: `a key has ${longestKey} characters at most` });
    return key === '' ? undefined : { key, body };
  }

  private handOn(messages: readonly Message[], mark: Mark | undefined, safe: () => void): void {
    for (const message of this.once.fresh(messages, mark)) this.collection.push(message);
    this.collection.whenSafe(safe);
  }

  private answer(response: ServerResponse, count: number): void {
    this.taken += 1;
    const status = this.config.answer;
    if (status === 204) return void response.writeHead(204).end();
    const body = `{"accepted":${count}}\n`;
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  }

  private refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    this.refused += 1;
    this.lastRefusal = `${addressOf(callerOf(request))}: ${refusal.status} ${refusal.detail}`;
    refuse(request, response, refusal);
  }
}

/** Who may send, and who not, is decided by itself; a page of a browser that may is also shown the answer. */
const allowOrigin = ({ headers }: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void => {
  if (headers.origin === undefined || !isAllowedOrigin(headers, allowed)) return;
  response.setHeader('access-control-allow-origin', headers.origin);
  response.setHeader('vary', 'origin');
};

const isPreflight = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

const wrongOrigin: Refusal = { status: 403, detail: 'pages of this origin may not send' };
const noToken: Refusal = {
  status: 401,
  detail: 'a token is needed, or another one',
  headers: { 'www-authenticate': 'Bearer' },
};
const wrongSignature: Refusal = { status: 401, detail: 'the body is not signed as it should be' };
const notYetSafe: Refusal = {
  status: 503,
  detail: 'it is not safe yet: send it again, with the same key where it has one',
  retryAfterSeconds: 1,
};
const ended: Refusal = { status: 503, detail: 'the flow is stopped or changed: send it again', retryAfterSeconds: 1 };

const refusalFor = (thrown: unknown): Refusal => {
  if (thrown instanceof Refused) return thrown.refusal;
  if (thrown instanceof OtherRequest) return { status: 422, detail: 'this key was used for another request' };
  return { status: 400, detail: 'the request was cut' };
};
