import type { FarSide } from '@semstreams/contract';
import { type Behind, inWords, worthSayingMs } from '../../../component-kit/link/behind.ts';
import type { SenderHello, Waiting } from '../../../component-kit/link/frames.ts';
import type { Line } from '../../../component-kit/link/line.ts';

/** One that sends: one with a name has told it, and tells from time to time how far it is ahead. */
interface Sender {
  readonly name: string;
  readonly product?: string;
  readonly sinceMs: number;
  waiting?: Waiting;
}

/** How many senders the facts name. */
const mostNamed = 20;

/** Those that send at present, by the line on which they do. */
export class FarSides {
  private readonly senders = new Map<Line, Sender>();

  constructor(private readonly now: () => number) {}

  greeted(line: Line, { name, product }: SenderHello): void {
    this.senders.set(line, { name, product, sinceMs: this.now() });
  }

  /** @param address where it is: it says no name */
  plain(line: Line, address: string): void {
    this.senders.set(line, { name: address, sinceMs: this.now() });
    line.client.once('close', () => this.senders.delete(line));
  }

  waiting(line: Line, waiting: Waiting): void {
    const sender = this.senders.get(line);
    if (sender) sender.waiting = waiting;
  }

  left(line: Line): void {
    this.senders.delete(line);
  }

  /** How far this side is behind the one that is furthest ahead, as a part of a sentence; empty where it is up to date. */
  get behind(): string {
    const all = [...this.senders.values()].map(behindOf);
    const most = all.reduce((one, other) => (other.behindMs > one.behindMs ? other : one), none);
    return most.behindMs < worthSayingMs ? '' : `; ${inWords(most)}`;
  }

  list(): readonly FarSide[] {
    return [...this.senders.values()].slice(0, mostNamed).map(farSideOf);
  }
}

const none: Behind = { behindMs: 0, backInMs: undefined };

const behindOf = ({ waiting }: Sender): Behind => ({
  behindMs: waiting?.behind_ms ?? 0,
  backInMs: waiting?.back_in_ms,
});

const farSideOf = (sender: Sender): FarSide => {
  const { name, product, sinceMs, waiting } = sender;
  const { behindMs, backInMs } = behindOf(sender);
  return {
    ...{ name, speaks: product === undefined ? 'plain' : 'link', is_there: true },
    ...(product !== undefined && { product }),
    since: new Date(sinceMs).toISOString(),
    sentence: product === undefined ? 'sends plain frames' : inWords({ behindMs, backInMs }),
    ...(waiting && { waiting: waiting.messages, waiting_bytes: waiting.bytes }),
    ...(behindMs > 0 && { behind_s: Math.round(behindMs / 1000) }),
    ...(backInMs !== undefined && { back_in_s: Math.ceil(backInMs / 1000) }),
    ...(waiting?.delay_ms !== undefined && { delay_ms: waiting.delay_ms }),
  };
};
