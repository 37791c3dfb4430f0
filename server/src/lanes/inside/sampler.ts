import { longestTappedText, type Tapped, type TappedMessage } from '@semstreams/contract';
import { sentenceOf } from '../../engine/fault.ts';
import type { Look } from '../../engine/run-flow.ts';
import type { Message } from '../../engine/message.ts';
import { hideSecrets, mark, shortestSecret } from '../../engine/without-secrets.ts';

/** Keeps the first `most` messages since it was last asked, ready to be shown, and counts the rest. */
export const sampler = (most: number, secrets: readonly string[]): { look: Look; take: () => Tapped } => {
  const show = shownWithout(secrets);
  let seen = 0;
  let messages: TappedMessage[] = [];
  return {
    look(batch) {
      seen += batch.length;
      for (let at = 0; at < batch.length && messages.length < most; at += 1) messages.push(show(batch[at]!));
    },
    take() {
      const tapped = { seen, messages };
      [seen, messages] = [0, []];
      return tapped;
    },
  };
};

/** A message for people: cut where it is long, and without the secrets of the flow. */
export const shownWithout = (secrets: readonly string[]) => {
  const hidden = secrets.filter(({ length }) => length >= shortestSecret);
  const mask = hideSecrets(secrets);
  const cut = (text: string): string => text.slice(0, longestTappedText);
  return (message: Message): TappedMessage => {
    const { bytes } = message;
    const isSecret = bytes && hidden.some((secret) => Buffer.from(bytes).includes(secret));
    const payload = isSecret ? JSON.stringify(mark) : mask(textOf(message));
    return {
      id: message.id,
      time: timeOf(message),
      headers: Object.fromEntries(Object.entries(message.headers).map(([name, text]) => [name, cut(mask(text))])),
      payload: cut(payload),
      is_cut: payload.length > longestTappedText,
    };
  };
};

/** What no calendar knows is shown as its beginning. */
const timeOf = ({ time }: Message): string => {
  const date = new Date(time);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
};

/** The payload as JSON. Of many bytes only so many are written out as are shown. */
const textOf = (message: Message): string => {
  const { bytes } = message;
  if (bytes) return JSON.stringify({ base64: Buffer.from(bytes.subarray(0, longestTappedText)).toString('base64') });
  try {
    return message.json;
  } catch (thrown) {
    return JSON.stringify(sentenceOf(thrown));
  }
};
