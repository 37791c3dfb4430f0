import type { MessageType } from './decode.ts';
import { dialectParts } from './dialect-names.generated.ts';
import { messageTypes } from './dialects.generated.ts';

export type Dialect = keyof typeof dialectParts;

/** The messages of a dialect and of those that it builds on, by id. */
export const messagesOf = (dialect: Dialect): ReadonlyMap<number, MessageType> => {
  const parts: readonly string[] = dialectParts[dialect];
  return new Map(messageTypes.filter((type) => parts.includes(type.dialect)).map((type) => [type.id, type]));
};
