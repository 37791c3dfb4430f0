import { createHash } from 'node:crypto';
import type { Message } from '../../../engine/message.ts';
import { Positions } from '../../../engine/positions.ts';
import type { Sent } from '../../../component-kit/http/sent-positions.ts';

/** So many keys are remembered; the one that came first is forgotten first. */
const mostKeys = 10_000;

/** What tells a request that comes again: a key of its own, or the numbers of its messages. */
export type Mark = { readonly key: string; readonly body: Buffer } | { readonly sent: readonly Sent[] };

/** The key was used before, for something else. */
export class OtherRequest extends Error {
  override readonly name = 'OtherRequest';
}

/**
 * Leaves out messages that came before. Those that are new have a position, so that the flow knows after a start, too, what it
 * has kept.
 */
export class Once {
  private readonly keys = new Map<string, string>();
  private readonly taken = new Positions();
  /** Messages that came again and were left out. */
  repeated = 0;

  /** @param component what takes them in: two of them may take from the same sender */
  constructor(private readonly component: string) {}

  /** Those of a request that are new. Throws an OtherRequest where its key was used for another one. */
  fresh(messages: readonly Message[], mark: Mark | undefined): readonly Message[] {
    if (!mark) return messages;
    const news = 'sent' in mark ? this.bySent(messages, mark.sent) : this.byKey(messages, mark);
    this.repeated += messages.length - news.length;
    return news;
  }

  private bySent(messages: readonly Message[], sent: readonly Sent[]): Message[] {
    return messages.flatMap((message, index) => {
      const { run, sequence } = sent[index]!;
      const position = { source: `${this.component}/${run}`, sequence };
      if (this.taken.has(position)) return [];
      this.taken.reach(position);
      return [message.at(position)];
    });
  }

  private byKey(
    messages: readonly Message[],
    { key, body }: { readonly key: string; readonly body: Buffer },
  ): Message[] {
    const name = digest(key);
    const content = digest(body);
    const before = this.keys.get(name);
    if (before !== undefined && before !== content) throw new OtherRequest();
    if (before !== undefined) return [];
    this.keys.set(name, content);
    if (this.keys.size > mostKeys) this.keys.delete(this.keys.keys().next().value!);
    const source = `${this.component}/key-${name}`;
    return messages.map((message, index) => message.at({ source, sequence: index + 1 }));
  }
}

const digest = (data: string | Buffer): string => createHash('sha256').update(data).digest('base64url').slice(0, 22);
