import { sentenceOf } from '../../engine/fault.ts';
import { writer } from '../../engine/field-path.ts';
import type { Decoded } from './decoders.ts';

/** Writes who sent it into a field of what was decoded, which may have no room for it; nothing where no field is named. */
export const senderWriter = (field: string): ((decoded: Decoded, from: string) => Decoded) => {
  if (field === '') return (decoded) => decoded;
  const write = writer(field);
  return (decoded, from) => {
    if ('invalid' in decoded) return decoded;
    try {
      const size = (decoded.size ?? decoded.json?.length ?? 0) + from.length;
      return { payload: write(decoded.payload, from), size };
    } catch (thrown) {
      return { invalid: sentenceOf(thrown) };
    }
  };
};
