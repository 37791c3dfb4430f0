import { documentBounds, spaced } from '@semstreams/contract';
import { Lexer } from 'yaml';

/** What reading a YAML text may cost: its parser takes microseconds for each of these, and space for each level. */
export const yamlBounds = {
  /** Words, signs, line ends and gaps in all. */
  tokens: 200_000,
  documents: 1000,
  /** Places that stand for another one. */
  aliases: 1000,
  /** Lists and objects that are begun within a bracket, or by the signs of one line. */
  levels: documentBounds.depth + 2,
  /** Spaces before a line. */
  indent: 1000,
} as const;

/**
 * Why a YAML text is more than may be parsed in one go, if it is; found without building anything of it. What is no YAML is left to
 * the parser.
 */
export const yamlExcess = (text: string): string | undefined => {
  let [tokens, documents, aliases, inBrackets, inLine] = [0, 0, 0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > yamlBounds.tokens)
      return `it has more than ${spaced(yamlBounds.tokens)} words and signs: send it as JSON, or in parts`;
    const [first] = token;
    if (first === '\n' || first === '\r') inLine = 0;
    else if (first === ' ' && token.length > yamlBounds.indent)
      return `a line begins with more than ${spaced(yamlBounds.indent)} spaces`;
    else if (first === '[' || first === '{') inBrackets += 1;
    else if (first === ']' || first === '}') inBrackets = Math.max(0, inBrackets - 1);
    else if (first === '*') aliases += 1;
    else if (token === '---') documents += 1;
    else if (token === '-' || token === '?' || token === ':') inLine += 1;
    if (inBrackets > yamlBounds.levels || (inBrackets === 0 && inLine > yamlBounds.levels))
      return `lists and objects lie within each other more than ${yamlBounds.levels} times`;
    if (aliases > yamlBounds.aliases) return `it has more than ${spaced(yamlBounds.aliases)} aliases`;
    if (documents > yamlBounds.documents) return `it has more than ${spaced(yamlBounds.documents)} documents`;
  }
  return undefined;
};
