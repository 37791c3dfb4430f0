import { readHeaders } from '../../../component-kit/nats/headers.ts';
import type { LongMessage, NatsMessage } from '../../../component-kit/nats/protocol-reader.ts';

/** A message of a stream, as a consumer has handed it over. */
export interface Delivery {
  /** Where it is acknowledged. */
  readonly reply: string;
  /** Its number in the stream. */
  readonly sequence: number;
  readonly subject: string;
  readonly head: Buffer | undefined;
  /** Undefined where it was too large, and read over. */
  readonly payload: Buffer | undefined;
  readonly bytes: number;
}

const start = '$JS.ACK.';
/** Words of a subject to acknowledge at, without and with a domain, and where the number in the stream stands. */
const short = { words: 9, sequence: 5 } as const;
const long = { words: 11, sequence: 7 } as const;

/** Reads what a message says of where it is from; undefined where it is from no stream. */
export const deliveryOf = (message: NatsMessage | LongMessage): Delivery | undefined => {
  const { reply, subject } = message;
  if (!reply.startsWith(start)) return undefined;
  const words = reply.split('.');
  const at = words.length === short.words ? short.sequence : words.length >= long.words ? long.sequence : 0;
  const sequence = Number(words[at]);
  if (at === 0 || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  if ('bytes' in message)
    return { reply, sequence, subject, head: undefined, payload: undefined, bytes: message.bytes };
  const { head, payload } = message;
  return { reply, sequence, subject, head, payload, bytes: payload.length + (head?.length ?? 0) };
};

/** What a server says of a pull: that it goes on, has ended, or why it cannot be. */
export type PullNews = 'alive' | 'ended' | 'too_large' | { readonly problem: string };

export const newsIn = ({ head }: NatsMessage): PullNews => {
  const { status, description } = head ? readHeaders(head) : { status: undefined, description: '' };
  if (status === 100) return 'alive';
  if (status === 404 || status === 408) return 'ended';
  if (status === 503) return { problem: 'the consumer does not answer' };
  if (status === 409 && /maxbytes/i.test(description)) return 'too_large';
  if (status === 409 && /deleted/i.test(description)) return { problem: 'the consumer was removed at the server' };
  return /batch completed|leadership change|server shutdown|exceeded/i.test(description)
    ? 'ended'
    : { problem: `the consumer says "${description.slice(0, 200)}"` };
};
