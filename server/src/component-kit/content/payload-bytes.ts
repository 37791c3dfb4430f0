import { InvalidMessage } from '../../engine/fault.ts';
import type { Message } from '../../engine/message.ts';

/** What of a message is sent: all of it as JSON, its text, or bytes that it holds as base64, as inputs write them. */
export type PayloadFormat = 'json' | 'text' | 'bytes';

/** The bytes that are sent of a message. Throws an InvalidMessage where it holds none of that kind. */
export const payloadBytes = (format: PayloadFormat): ((message: Message) => Buffer) => {
  if (format === 'json') return (message) => Buffer.from(message.json);
  return format === 'text' ? ({ payload }) => Buffer.from(textOf(payload)) : ({ payload }) => bytesOf(payload);
};

const textOf = (payload: unknown): string => {
  const text = typeof payload === 'object' && payload !== null ? (payload as { text?: unknown }).text : payload;
  if (typeof text === 'string') return text;
  throw new InvalidMessage('it holds no text: a text is the payload itself, or its field "text"');
};

const bytesOf = (payload: unknown): Buffer => {
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  const data = typeof payload === 'object' && payload !== null ? (payload as { data?: unknown }).data : payload;
  if (typeof data === 'string' && isBase64(data)) return Buffer.from(data, 'base64');
  throw new InvalidMessage('it holds no bytes: they are base64, the payload itself or its field "data"');
};

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
