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
