/** Kinds of values that a person can type into one line. */
export const valueKinds = ['text', 'number', 'yes_no', 'list', 'empty', 'json'] as const;
export type ValueKind = (typeof valueKinds)[number];

export const valueKindTitles: Readonly<Record<ValueKind, string>> = {
  text: 'Text',
  number: 'Number',
  yes_no: 'Yes or no',
  list: 'List',
  empty: 'Empty',
  json: 'JSON',
};

export const kindOfValue = (value: unknown): ValueKind => {
  if (value === null) return 'empty';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'yes_no';
  if (Array.isArray(value)) return value.every(isScalar) ? 'list' : 'json';
  return typeof value === 'object' ? 'json' : 'text';
};

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** How a value stands in its line. */
export const textOfValue = (value: unknown): string => {
  switch (kindOfValue(value)) {
    case 'empty':
      return '';
    case 'list':
      return (value as unknown[]).map(textOfEntry).join(', ');
    case 'json':
      return JSON.stringify(value);
    default:
      return value === undefined ? '' : String(value);
  }
};

/** A text that would be read as something else, or that holds a comma, stands in quotes. */
const textOfEntry = (value: unknown): string =>
  typeof value === 'string' && (value.includes(',') || guessedValue(value) !== value || value.trim() !== value)
    ? JSON.stringify(value)
    : String(value);

/** What typed text means when nobody said what it is: a number, yes or no, or itself. Quotes make anything a text. */
export const guessedValue = (text: string): unknown => {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  if (isNumber(trimmed)) return numberOrText(trimmed);
  const quoted = /^"(.*)"$/s.exec(trimmed)?.[1];
  return quoted === undefined ? text : parsedText(trimmed, quoted);
};

const parsedText = (text: string, otherwise: string): string => {
  try {
    return JSON.parse(text) as string;
  } catch {
    return otherwise;
  }
};

/** Digits that a number would lose stay a text: rules compare it with numbers, too. */
const numberOrText = (text: string): number | string => {
  const number = Number(text);
  const isLost = Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(text);
  return isLost || !Number.isFinite(number) ? text : number;
};

const isNumber = (text: string): boolean => /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text);

/** What typed text means as a value of a kind. A number that is none stays a text: the check says so. */
export const valueOfText = (text: string, kind: ValueKind): unknown => {
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return isNumber(text.trim()) ? numberOrText(text.trim()) : text;
    case 'yes_no':
      return text.trim() === 'true';
    case 'empty':
      return null;
    case 'list':
      return entriesOf(text).map((entry) => guessedValue(entry));
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
  }
};

/** The entries of `a, "b, c", 3`: commas in quotes part nothing. */
const entriesOf = (text: string): string[] =>
  [...text.matchAll(/\s*("(?:[^"\\]|\\.)*"|[^,]*?)\s*(?:,|$)/g)]
    .map(([, entry]) => entry!)
    .filter((entry) => entry !== '');
