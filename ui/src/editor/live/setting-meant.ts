import type { JsonSchema } from '../form/fields.ts';

/**
 * The setting that a sentence about a component means, by its name: the one whose value stands in the sentence, the longest
 * first, else the one that is named in it. Undefined where there is none.
 */
export const settingMeant = (
  schema: JsonSchema,
  config: Readonly<Record<string, unknown>>,
  sentence: string,
): string | undefined => {
  const settings = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    texts: textsOf(config[name] ?? property.default),
  }));
  const [found] = settings
    .flatMap(({ name, texts }) => texts.filter((text) => hasWord(sentence, text)).map((text) => ({ name, text })))
    .sort((a, b) => b.text.length - a.text.length);
  return found?.name ?? settings.find(({ name }) => sentence.includes(`"${name}"`))?.name;
};

/** How a value may stand in a sentence: as it is, of an address the place alone. */
const textsOf = (value: unknown): string[] => {
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string' || value.length < 2) return [];
  const place = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(value)?.[1];
  return place === undefined ? [value] : [value, place];
};

/** Whether a text stands in a sentence by itself, and not as a part of a longer word or number. */
const hasWord = (sentence: string, text: string): boolean => {
  for (let at = sentence.indexOf(text); at >= 0; at = sentence.indexOf(text, at + 1)) {
    const around = [sentence[at - 1] ?? '', sentence[at + text.length] ?? ''];
    if (around.every((letter) => !/[\p{L}\p{N}_]/u.test(letter))) return true;
  }
  return false;
};
