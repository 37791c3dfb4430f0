import { textOf } from './field-readers.ts';
import type { Sentence } from './sentence.ts';
import { sentenceTypes, type SentenceType } from './sentence-types.ts';

export type Payload = Readonly<Record<string, unknown>>;

/** Some receivers say of Japanese satellites what looks like a sentence of a maker. */
const ofQuasiZenith = /^PQG[A-Z]{2}$/;

export interface SentenceNames {
  readonly sentence: string;
  readonly talker?: string;
  readonly maker?: string;
}

/** Who speaks, and what; a maker's own sentence stands under its whole address. */
export const namesIn = (
  address: string,
): { readonly sentence: string; readonly talker?: string; readonly maker?: string } => {
  if (address.startsWith('P') && !ofQuasiZenith.test(address)) return { sentence: address, maker: address.slice(1, 4) };
  return { sentence: address.slice(-3), talker: address.slice(0, -3) };
};

/**
 * What a sentence says, by names. A field that is empty is left out, one that says something else than it should stands in
 * `unread` as it came, and what nobody knows in `fields`, or in `more` behind those that are known.
 */
export const readSentence = ({ fields }: Pick<Sentence, 'fields'>, names: SentenceNames): Record<string, unknown> => {
  const type = sentenceTypes.get(names.sentence);
  if (!isOne(type, fields)) return { ...names, fields: fields.map(textOf) };
  const payload: Record<string, unknown> = { ...names };
  const unread: Record<string, string> = {};
  let at = 0;
  for (const reader of type.readers) {
    reader.read({ fields, payload, unread }, at);
    at += reader.width;
  }
  const more = fields.slice(at);
  if (more.some((text) => text.trim() !== '')) payload['more'] = more.map(textOf);
  if (Object.keys(unread).length > 0) payload['unread'] = unread;
  return payload;
};

const isOne = (type: SentenceType | undefined, fields: readonly string[]): type is SentenceType =>
  type !== undefined && (type.isOne?.(fields) ?? true);
