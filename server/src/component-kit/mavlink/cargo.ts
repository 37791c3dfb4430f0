import type { MessageType } from './decode.ts';
import { bytesOf, type MessageDefinition } from './definition.ts';
import type { Cargo } from './frames.ts';

/** Where a message carries bytes of others, such as frames in FILE_TRANSFER_PROTOCOL and TUNNEL: its longest list of bytes. */
export const cargoOf = ({ fields }: Pick<MessageDefinition, 'fields'>): Cargo | undefined => {
  const lists = fields.filter(({ type, length }) => length > 0 && (type === 'u8' || type === 'i8'));
  const [longest] = lists.sort((a, b) => b.length - a.length);
  return longest && { start: longest.offset, end: longest.offset + bytesOf(longest) };
};

/** The same messages, each with the place of its cargo. */
export const withCargo = (
  types: ReadonlyMap<number, MessageType>,
  definitions: readonly MessageDefinition[],
): ReadonlyMap<number, MessageType> => {
  const all = new Map(types);
  for (const definition of definitions) {
    const [type, cargo] = [types.get(definition.id), cargoOf(definition)];
    if (type && cargo) all.set(definition.id, { ...type, cargo });
  }
  return all;
};
