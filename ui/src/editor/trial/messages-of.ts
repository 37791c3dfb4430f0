import { mostTrialMessages, type TappedMessage, type TrialMessage } from '@semstreams/contract';

/** Messages to try with, and what was left out of where they come from. */
export interface Taken {
  readonly messages: readonly TrialMessage[];
  /** In words; nothing where all was taken. */
  readonly left?: string;
}

/** What a text holds is no messages; the sentence is for people. */
export class NoMessages extends Error {
  override readonly name = 'NoMessages';
}

/** Messages of what somebody typed: one of JSON, a list of them, or one on each line. Throws `NoMessages` with the line. */
export const typedMessages = (text: string): Taken => {
  if (text.trim() === '') throw new NoMessages('Type a message, such as {"temperature": 21}.');
  const whole = jsonIn(text);
  if (whole !== undefined) return atMost((Array.isArray(whole.value) ? whole.value : [whole.value]).map(asPayload));
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  return atMost(
    lines
      .filter(({ line }) => line !== '')
      .map(({ line, number }) => {
        const found = jsonIn(line);
        if (found) return asPayload(found.value);
        throw new NoMessages(
          lines.length === 1
            ? 'This is no JSON. Write names in quotes, such as {"temperature": 21}.'
            : `Line ${number} is no JSON. Write one message on each line, names in quotes, such as {"temperature": 21}.`,
        );
      }),
  );
};

/** The lines of a file: those that are JSON with their fields, others as texts. A file that is one list of JSON holds its messages. */
export const fileMessages = (text: string): Taken => {
  const whole = jsonIn(text);
  if (Array.isArray(whole?.value)) return atMost(whole.value.map(asPayload));
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new NoMessages('This file is empty.');
  return atMost(
    lines.map((line): TrialMessage => {
      const found = jsonIn(line);
      return found ? asPayload(found.value) : { text: line };
    }),
  );
};

/** Messages that came by, as far as they were kept whole. */
export const seenMessages = (messages: readonly TappedMessage[]): Taken => {
  const whole = messages.filter(({ is_cut }) => !is_cut);
  const { length } = messages;
  if (length === 0) throw new NoMessages('Nothing has come by here yet.');
  if (whole.length === 0) throw new NoMessages('The messages that came by are too long to be tried.');
  return {
    messages: whole.map(({ payload, headers, time }) => ({ ...contentOf(payload), headers, time })),
    ...(whole.length < length ? { left: `${length - whole.length} of ${length} are too long, and left out` } : {}),
  };
};

const atMost = (messages: readonly TrialMessage[]): Taken => {
  if (messages.length === 0) throw new NoMessages('There is no message in it.');
  if (messages.length <= mostTrialMessages) return { messages };
  return {
    messages: messages.slice(0, mostTrialMessages),
    left: `the first ${mostTrialMessages} of ${messages.length}`,
  };
};

const asPayload = (payload: unknown): TrialMessage => ({ payload });

const jsonIn = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

/** Raw bytes are shown as `{ "base64": … }`. */
const contentOf = (payload: string): TrialMessage => {
  const value = JSON.parse(payload) as unknown;
  if (typeof value === 'object' && value !== null && 'base64' in value && Object.keys(value).length === 1)
    return typeof value.base64 === 'string' ? { base64: value.base64 } : { payload: value };
  return { payload: value };
};
