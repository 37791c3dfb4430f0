import type { Batch, Message } from '../../../engine/message.ts';
import type { HttpOutputConfig } from './http-output.definition.ts';

/** Messages that go by one request, and the place of the first of them in the batch. */
export interface Group {
  readonly url: URL;
  readonly messages: Batch;
  readonly at: number;
}

/** A message with its address, the length of its JSON, and its place in the batch. */
export interface Placed {
  readonly url: URL;
  readonly message: Message;
  readonly size: number;
  readonly at: number;
}

/** Longest header that tells which messages a request carries, as ranges of numbers: so many may lie apart from each other. */
const mostRanges = 200;

/** Puts what goes to the same address, and may go together, into groups. The order stays. */
export const inGroups = (
  placed: readonly Placed[],
  { format, batch, batch_size: mostBytes }: Pick<HttpOutputConfig, 'format' | 'batch' | 'batch_size'>,
): Group[] => {
  const most = format === 'json' ? 1 : batch;
  const groups: { url: URL; messages: Message[]; at: number }[] = [];
  let [bytes, ranges] = [0, 0];
  for (const { url, message, size, at } of placed) {
    const open = groups.at(-1);
    const last = open?.messages.at(-1);
    const isFurtherRange = !follows(last, message);
    const fits =
      open !== undefined &&
      open.messages.length < most &&
      open.at + open.messages.length === at &&
      bytes + size <= mostBytes &&
      open.url.href === url.href &&
      !(isFurtherRange && ranges >= mostRanges);
    if (fits) {
      open.messages.push(message);
      bytes += size;
      ranges += isFurtherRange ? 1 : 0;
    } else {
      groups.push({ url, messages: [message], at });
      [bytes, ranges] = [size, 1];
    }
  }
  return groups;
};

const follows = (one: Message | undefined, { position }: Message): boolean =>
  one?.position === undefined
    ? position === undefined
    : one.position.source === position?.source && one.position.sequence + 1 === position.sequence;

/** The body of a request; undefined where its method has none. */
export const bodyOf = (
  { messages }: Pick<Group, 'messages'>,
  { method, format }: Pick<HttpOutputConfig, 'method' | 'format'>,
): Buffer | undefined => {
  if (method === 'GET' || method === 'DELETE') return undefined;
  const texts = messages.map(({ json }) => json);
  if (format === 'json') return Buffer.from(texts[0]!);
  if (format === 'json_array') return Buffer.from(`[${texts.join(',')}]`);
  return Buffer.from(texts.map((text) => `${text}\n`).join(''));
};

export const typeOfBody = ({
  format,
  content_type: type,
}: Pick<HttpOutputConfig, 'format' | 'content_type'>): string => {
  if (type !== '') return type;
  return format === 'json_lines' ? 'application/x-ndjson' : 'application/json';
};
