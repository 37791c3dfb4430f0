import { parsePath, reader } from '../../engine/field-path.ts';
import { jsonOf } from '../../engine/json-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A field of that name, or what lies at that path. */
export const columnReader = (name: string): ((fields: Fields) => unknown) => {
  const readPath = isPath(name) ? reader(name) : () => undefined;
  return (fields) => (Object.hasOwn(fields, name) ? fields[name] : readPath(fields));
};

const isPath = (name: string): boolean => {
  try {
    return parsePath(name).length > 1;
  } catch {
    return false;
  }
};

/** A value as a field of CSV has it: nothing for null, JSON for lists and objects. */
export const cellText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : jsonOf(value);

/** The fields of a row, with quotes where they are needed to be read as they are, as RFC 4180 has it; without a line end. */
export const rowText = (fields: readonly string[], delimiter: string): string =>
  // a row of one empty field would be an empty line, which is no row
  fields.length === 1 && fields[0] === '' ? '""' : fields.map((text) => quoted(text, delimiter)).join(delimiter);

const quoted = (text: string, delimiter: string): string =>
  special.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

/** Quotes and line ends; and what is taken for a mark of the file at its edge. */
const special = /["\r\n]|^[\0\uFEFF\x1E]|[\0\uFEFF\x1E]$/;

/** What a spreadsheet would reckon when it opens the file. */
const formula = /^[=+\-@\t\r]/;

/** A text that no spreadsheet takes for a formula: with an apostrophe in front where it begins as one does. */
export const withoutFormula = (text: string): string => (formula.test(text) ? `'${text}` : text);
