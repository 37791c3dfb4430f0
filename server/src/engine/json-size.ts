import { endOfText } from './exact-number.ts';

/** How much a JSON text holds, without making anything of it. */
export interface JsonSize {
  /** How many lists and objects lie within each other at most. */
  readonly levels: number;
  /** How many lists and objects there are. */
  readonly containers: number;
  readonly commas: number;
}

const [quote, comma] = [0x22, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** One pass over a text, as far as one level, or one value, beyond the most. What is no JSON is measured as well as that goes. */
export const sizeOfJson = (text: string, most: { readonly levels: number; readonly values?: number }): JsonSize => {
  const mostValues = most.values ?? Infinity;
  let [level, levels, containers, commas] = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at);
    else if (code === comma) commas += 1;
    else if (code === closeList || code === closeObject) level -= 1;
    else if (code === openList || code === openObject) {
      containers += 1;
      level += 1;
      if (level > levels) levels = level;
    } else continue;
    if (levels > most.levels || containers + commas >= mostValues) break;
  }
  return { levels, containers, commas };
};
