import type { Caller } from '../../../component-kit/link/listening.ts';
import { Listening, type ListeningOwner, type ListeningPlace } from '../../../component-kit/link/listening.ts';
import type { Line } from '../../../component-kit/link/line.ts';

/** How long those who leave may take, in milliseconds. */
const goodbyeMs = 1000;
/** Close code of RFC 6455, as registered at IANA. */
const goingAway = 1001;

export interface SendersOptions extends Pick<
  ListeningOwner,
  'path' | 'allowedOrigins' | 'token' | 'mostOfOne' | 'failed' | 'refused'
> {
  readonly place: ListeningPlace;
  readonly mostSenders: number;
  readonly links: boolean;
  readonly onUp: (line: Line, isLink: boolean) => void;
  /** Somebody came or left. */
  readonly changed: () => void;
}

/** Those who dial here to send. */
export class Senders {
  private readonly callers = new Set<Caller>();
  private listening: Listening | undefined;
  /** Whether some were refused since all places are taken. */
  private isRefusing = false;

  constructor(private readonly options: SendersOptions) {}

  get count(): number {
    return this.callers.size;
  }

  get port(): number | null {
    return this.listening?.port ?? null;
  }

  get refused(): Pick<Listening, 'refused' | 'lastRefusal'> {
    return this.listening ?? { refused: 0, lastRefusal: '' };
  }

  /** Who is refused at present, and why, in words for people. */
  get refusing(): string | undefined {
    const { mostSenders, mostOfOne } = this.options;
    if (this.isRefusing) return `senders are refused: ${mostSenders} are connected, the most that "max_senders" allows`;
    const crowded = this.listening?.crowded;
    return crowded === undefined
      ? undefined
      : `senders at ${crowded} are refused: ${mostOfOne} are connected from there, the most that "max_per_address" allows`;
  }

  private get isFull(): boolean {
    return this.callers.size >= this.options.mostSenders;
  }

  async open(): Promise<void> {
    const { place, path, allowedOrigins, token, links, mostOfOne, refused, failed } = this.options;
    this.listening = await Listening.open(place, {
      path,
      allowedOrigins,
      token,
      links: links ? 'yes' : 'no',
      isFull: () => (this.isRefusing = this.isFull),
      mostOfOne,
      connected: (caller) => this.take(caller),
      refused,
      failed,
    });
  }

  /** Resolves when the port is free. */
  async close(): Promise<void> {
    await this.listening?.close(async () => {
      const gone = [...this.callers].map(async ({ client }) => new Promise((resolve) => client.once('close', resolve)));
      for (const { client } of this.callers) client.close(goingAway, 'the flow is stopped');
      const force = setTimeout(() => this.callers.forEach(({ client }) => client.terminate()), goodbyeMs);
      await Promise.all(gone);
      clearTimeout(force);
    });
  }

  private take(caller: Caller): void {
    const { client } = caller;
    this.callers.add(caller);
    client.on('error', () => client.terminate());
    client.on('close', () => {
      this.callers.delete(caller);
      this.isRefusing &&= this.isFull;
      this.options.changed();
    });
    this.options.onUp(caller, caller.isLink);
    this.options.changed();
  }
}
