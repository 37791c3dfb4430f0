import { AisBits } from './ais-bits.ts';
import { mmsi, number, numbered, readFields } from './ais-fields.ts';
import { headerWidth, layoutOf } from './ais-layouts.ts';
import { messageTypes } from './ais-words.ts';

/** Whether the type of a message is known, or why it says nothing. */
export type ReadAis = { readonly isKnown: boolean } | { readonly invalid: string };

const header = [numbered('message_type', 6, messageTypes), number('repeat', 2), mmsi('mmsi')];

/**
 * Reads a message out of its characters into a payload. A field that says "not available" is left out, as is what was cut off. A type that
 * nobody knows keeps its sender, and all else as `data` in hexadecimal.
 */
export const readAis = (characters: string, fill: number, payload: Record<string, unknown>): ReadAis => {
  const bits = AisBits.of(characters, fill);
  if (!bits) return { invalid: 'its message has characters that AIS does not have' };
  if (bits.length < headerWidth)
    return { invalid: `its message has ${bits.length} bits, and type and sender take ${headerWidth}` };
  const type = bits.unsigned(0, 6);
  const layout = layoutOf(type, bits);
  readFields(header, bits, payload);
  if (layout === undefined) {
    if (bits.length > headerWidth) payload['data'] = bits.hex(headerWidth);
    return { isKnown: false };
  }
  readFields(layout, bits, payload, headerWidth);
  return { isKnown: true };
};
