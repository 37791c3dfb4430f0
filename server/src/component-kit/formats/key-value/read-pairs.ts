import type { Harvest } from '../harvest.ts';

export interface PairOptions {
  /** Between pairs; a space is any number of spaces and tabs. */
  readonly pairSeparator: string;
  /** Between a name and its value. */
  readonly keySeparator: string;
  /** Whether a name without a value is `true`; otherwise it is refused. */
  readonly flags: boolean;
  /** What the text of a field means; undefined where it is not what the field holds. */
  readonly readField: (name: string) => (text: string) => unknown;
}

class Problem extends Error {
  constructor(
    sentence: string,
    readonly at: number,
  ) {
    super(sentence);
  }
}

/**
 * Pairs such as `level=info text="it is \"on\""`: what stands in quotes is a text, with `\"`, `\\`, `\n`, `\r` and `\t` in it. A
 * name that comes several times has a list. One line, or all of a text, is one record.
 */
export const pairReader = (options: PairOptions): ((text: string, line: number, harvest: Harvest) => void) => {
  const fields = new Map<string, (text: string) => unknown>();
  const fieldOf = (name: string): ((text: string) => unknown) => {
    const known = fields.get(name);
    if (known) return known;
    const made = options.readField(name);
    if (fields.size < mostKnown) fields.set(name, made);
    return made;
  };
  return (text, line, harvest) => {
    try {
      const payload = pairsOf(text, options, fieldOf);
      if (payload) harvest.record(payload, text.length + sizeAround);
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      harvest.refuse(`line ${line}, column ${thrown.at + 1}: ${thrown.message}`, text);
    }
  };
};

/** Names whose reader is kept; those of any message may be data. */
const mostKnown = 1000;
const sizeAround = 20;

/** Undefined where a text holds nothing. */
const pairsOf = (
  text: string,
  { pairSeparator, keySeparator, flags }: PairOptions,
  fieldOf: (name: string) => (text: string) => unknown,
): Record<string, unknown> | undefined => {
  const payload = Object.create(null) as Record<string, unknown>;
  const isBlankSeparated = pairSeparator === ' ';
  const isPairEnd = (at: number): boolean =>
    at >= text.length || (isBlankSeparated ? isBlank(text, at) : text.startsWith(pairSeparator, at));
  let count = 0;
  for (let at = skip(text, 0, pairSeparator); at < text.length; at = skip(text, at, pairSeparator)) {
    const start = at;
    let name: string;
    if (text[at] === '"') {
      const quoted = quotedAt(text, at);
      name = quoted.text;
      at = skipBlanks(text, quoted.end, isBlankSeparated);
    } else {
      while (!isPairEnd(at) && !text.startsWith(keySeparator, at)) at += 1;
      name = text.slice(start, at).trim();
    }
    if (name === '') throw new Problem('a pair has no name', start);
    let value: unknown = true;
    if (at < text.length && text.startsWith(keySeparator, at)) {
      const from = skipBlanks(text, at + keySeparator.length, isBlankSeparated);
      if (text[from] === '"') {
        const quoted = quotedAt(text, from);
        value = quoted.text;
        at = skipBlanks(text, quoted.end, isBlankSeparated);
      } else {
        at = from;
        while (!isPairEnd(at)) at += 1;
        const written = text.slice(from, at).trim();
        value = fieldOf(name)(written);
        if (value === undefined) throw new Problem(`"${written.slice(0, 60)}" is not what "${name}" holds`, from);
      }
    } else if (!flags) throw new Problem(`"${name.slice(0, 60)}" has no "${keySeparator}" and no value`, start);
    if (!isPairEnd(at)) throw new Problem('something stands behind a quote before the pair ends', at);
    put(payload, name, value);
    count += 1;
  }
  return count === 0 ? undefined : { ...payload };
};

const put = (payload: Record<string, unknown>, name: string, value: unknown): void => {
  const before = payload[name];
  if (before === undefined) payload[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else payload[name] = [before, value];
};

const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t' || text[at] === '\r';

const skipBlanks = (text: string, from: number, isBlankSeparated: boolean): number => {
  let at = from;
  while (!isBlankSeparated && at < text.length && isBlank(text, at)) at += 1;
  return at;
};

/** Behind separators and blanks. */
const skip = (text: string, from: number, separator: string): number => {
  let at = from;
  for (;;) {
    if (at >= text.length) return at;
    if (separator !== ' ' && text.startsWith(separator, at)) at += separator.length;
    else if (isBlank(text, at)) at += 1;
    else return at;
  }
};

const quotedAt = (text: string, start: number): { readonly text: string; readonly end: number } => {
  let written = '';
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') return { text: written + text.slice(from, at), end: at + 1 };
    if (letter !== '\\' || at + 1 >= text.length) continue;
    const escaped = text[at + 1]!;
    written += text.slice(from, at) + (meant[escaped] ?? `\\${escaped}`);
    at += 1;
    from = at + 1;
  }
  throw new Problem('a quote is not closed', start);
};

const meant: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
