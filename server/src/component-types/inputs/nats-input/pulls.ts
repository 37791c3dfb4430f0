import { apiSubject } from '../../../component-kit/nats/jet-stream.ts';
import type { NatsLine } from '../../../component-kit/nats/nats-line.ts';
import type { NatsMessage } from '../../../component-kit/nats/protocol-reader.ts';
import type { ConsumerPlace } from './consumer.ts';
import { newsIn, type PullNews } from './delivery.ts';

interface Pull {
  left: number;
  got: number;
  readonly expiry: NodeJS.Timeout;
  readonly ended: () => void;
}

/** Beyond what a pull may last, so long is waited for its end, in milliseconds. */
const graceMs = 5000;

/** What a consumer was asked for on one line, and has not handed over yet. */
export class Pulls {
  private readonly open = new Map<string, Pull>();
  private last = 0;

  constructor(
    private readonly line: NatsLine,
    private readonly domain: string,
    private readonly place: ConsumerPlace,
  ) {}

  /** How many messages may still come. */
  get wanted(): number {
    let sum = 0;
    for (const { left } of this.open.values()) sum += left;
    return sum;
  }

  /** Asks for messages. `ended` is called when no more come of it. */
  ask(what: { readonly batch: number; readonly bytes?: number; readonly withinMs: number }, ended: () => void): void {
    const { batch, bytes, withinMs } = what;
    const reply = `${this.line.inbox}c${(this.last += 1)}`;
    const expiry = setTimeout(() => this.end(reply), withinMs + graceMs);
    this.open.set(reply, { left: batch, got: 0, expiry, ended });
    const body = JSON.stringify({ batch, expires: withinMs * 1e6, ...(bytes && { max_bytes: bytes }) });
    const { stream, consumer } = this.place;
    const subject = apiSubject(this.domain, `CONSUMER.MSG.NEXT.${stream}.${consumer}`);
    this.line.send(`PUB ${subject} ${reply} ${body.length}\r\n${body}\r\n`);
  }

  /** A message has come: it counts for the one that was asked for first. */
  came(): void {
    for (const [reply, pull] of this.open) {
      pull.left -= 1;
      pull.got += 1;
      if (pull.left <= 0) this.end(reply);
      return;
    }
  }

  /** What the server says of a pull; undefined where it is none. `isFirst` where nothing came of it before. */
  heard(message: NatsMessage): { readonly news: PullNews; readonly isFirst: boolean } | undefined {
    const pull = this.open.get(message.subject);
    if (!pull) return undefined;
    const news = newsIn(message);
    if (news !== 'alive') this.end(message.subject);
    return { news, isFirst: pull.got === 0 };
  }

  forget(): void {
    for (const { expiry } of this.open.values()) clearTimeout(expiry);
    this.open.clear();
  }

  private end(reply: string): void {
    const pull = this.open.get(reply);
    if (!pull) return;
    clearTimeout(pull.expiry);
    this.open.delete(reply);
    pull.ended();
  }
}
