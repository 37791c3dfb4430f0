import { type ColumnNames, columnNames } from './csv-names.ts';
import { mayEndQuoted, nextQuote, quoteBeforeDelimiter, splitLiterally, splitRow } from './csv-row.ts';
import { type FieldOptions, fieldReader, isValue } from './csv-value.ts';
import type { Line } from './cut-lines.ts';
import type { FileRecord, LineReader } from './line-reader.ts';
import { OpenRow } from './open-row.ts';

export interface CsvOptions extends FieldOptions {
  readonly delimiter: string;
  /** Lines before the header that are no part of the table. */
  readonly skip?: number;
  /** Lines below the header that are no rows, such as units. */
  readonly skipBelow?: number;
  /** What a line begins with that is no part of the table; empty where every line is. */
  readonly comment?: string;
  /** Names of the columns, where the file has no header: empty for names by their places. */
  readonly given?: readonly string[];
  /** Characters that a quoted field may go over. */
  readonly longestLine: number;
  /** Names that are known from before: then the first line is a header only where it is no row. */
  readonly names: readonly string[] | undefined;
  /** Whether the first line was read before. */
  readonly isBelowHeader: boolean;
}

/** Lines that a quoted field may go over. */
const mostLines = 1000;
/** Columns of a table: more are a table of something else, and each message would take seconds. */
const mostColumns = 16_384;

interface Row {
  readonly lines: readonly Line[];
  readonly fields: readonly string[];
}

/**
 * Rows of CSV (RFC 4180) under the names of the first one, line by line. Where the rows are numbered and the header lacks
 * the name of that column, it is called `row`. A row that does not fit is refused by itself.
 */
export const csvRows = (options: CsvOptions): LineReader & { readonly names: readonly string[] | undefined } => {
  const { delimiter, longestLine } = options;
  const readerOf = fieldReader(options);
  const { types = {}, skip = 0, skipBelow = 0, comment = '', given } = options;
  const known = options.names ?? (given && given.length > 0 ? given : undefined);
  let columns: ColumnNames | undefined;
  let reads: readonly ((text: string) => unknown)[] = [];
  /** Whether no name leads out of the data. */
  let isPlain = true;
  let isHeaderDue = given === undefined && (!options.isBelowHeader || known === undefined);
  /** Lines below the header that are passed over still. */
  let toSkip = options.isBelowHeader ? 0 : skipBelow;
  /** The first row where it has one field more than the header: the next one tells whether the rows are numbered. */
  let first: Row | undefined;
  let mayBeNumbered = !options.isBelowHeader && given === undefined;
  /** Lines of a row whose quoted field has not ended yet. */
  let open: Line[] = [];
  let openLength = 0;
  /** The same lines as the standard has it, and as they stand. */
  let readings: { readonly standard: OpenRow; readonly literal: OpenRow | undefined } | undefined;

  const refuse = ({ lines }: Pick<Row, 'lines'>, why: string): FileRecord => ({
    invalid: `line ${lines[0]!.number} ${why}`,
    raw: asItStood(lines),
  });

  const nameColumns = (found: ColumnNames): void => {
    columns = found;
    reads = found.names.map(readerOf);
    isPlain = !found.names.includes('__proto__');
  };

  const payloadOf = (row: Row): FileRecord => {
    const { names, made } = columns!;
    const fields = withoutEmptyEnd(row.fields, names.length);
    if (fields.length !== names.length) {
      const isWhole = fields.length < names.length && names.slice(fields.length).every((name) => made.has(name));
      if (!isWhole) return refuse(row, `has ${row.fields.length} fields, the header has ${names.length}`);
    }
    const payload: Record<string, unknown> = {};
    for (let at = 0; at < fields.length; at += 1) {
      const [name, text] = [names[at]!, fields[at]!];
      if (text === '' && given === undefined && made.has(name)) continue;
      const value = reads[at]!(text);
      if (value === undefined)
        return refuse(row, `has "${text.slice(0, 60)}" in "${name}", which is no ${types[name]}`);
      if (isPlain) payload[name] = value;
      else Object.defineProperty(payload, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return { payload };
  };

  /** Takes the names from the header; false where the line is a row below names that are known. */
  const isHeader = ({ fields }: Row): boolean => {
    if (!isHeaderDue) return false;
    isHeaderDue = false;
    const found = columnNames(fields);
    const isKnown = columns !== undefined && found.names.join('\n') === columns.names.join('\n');
    if (columns && !isKnown && fields.length >= columns.names.length && fields.some(isValue)) return false;
    nameColumns(found);
    return true;
  };

  if (known) nameColumns(columnNames(known));

  const recordsOf = (row: Row): FileRecord[] => {
    if (row.fields.length > mostColumns)
      return [refuse(row, `has ${row.fields.length} fields, and a table has ${mostColumns} columns at most`)];
    if (!columns && given) nameColumns(columnNames(row.fields.map(() => '')));
    if (isHeader(row)) return [];
    if (toSkip > 0) {
      toSkip -= 1;
      return [];
    }
    const held = first;
    first = undefined;
    if (held && isNextNumber(held.fields[0]!, row.fields[0]!) && row.fields.length === held.fields.length)
      nameColumns(columnNames(['row', ...columns!.names]));
    const count = columns!.names.length;
    const isFirst = mayBeNumbered && !held;
    mayBeNumbered = false;
    if (isFirst && row.fields.length === count + 1 && /^\d+$/.test(row.fields[0]!) && row.fields.at(-1) !== '') {
      first = row;
      return [];
    }
    return held ? [payloadOf(held), payloadOf(row)] : [payloadOf(row)];
  };

  /** The fields as most people read them: as the standard has it, or as they stand where only so they fit below the names. */
  const split = (text: string): { fields: readonly string[]; isOpen: boolean } => {
    const standard = splitRow(text, delimiter);
    if (!standard.isOpen && (!columns || standard.fields.length === columns.names.length)) return standard;
    const literal = splitLiterally(text, delimiter);
    const fits = !literal.isOpen && columns !== undefined && literal.fields.length === columns.names.length;
    return fits ? literal : standard;
  };

  const begin = (line: Line): void => {
    open = [line];
    openLength = line.length;
    readings = {
      standard: new OpenRow(quoteBeforeDelimiter, delimiter, Infinity, line.text!),
      literal: columns && new OpenRow(nextQuote, delimiter, columns.names.length, line.text!),
    };
  };

  /** The fields as `split` finds them in all open lines with this one; undefined while the row is open. */
  const goOn = (line: Line): readonly string[] | undefined => {
    const { standard, literal } = readings!;
    const lineEnd = open.at(-1)!.end;
    open.push(line);
    openLength += line.length;
    standard.add(lineEnd, line.text!);
    literal?.add(lineEnd, line.text!);
    if (!mayEndQuoted(line.text!)) return undefined;
    const count = columns?.names.length;
    const isLiteral = count !== undefined && !standard.has(count) && literal?.has(count);
    return isLiteral ? literal!.fields : standard.fields;
  };

  const forget = (): Line[] => {
    const lines = open;
    open = [];
    openLength = 0;
    readings = undefined;
    return lines;
  };

  /** Each line by itself: a quote that nobody closes costs its own line, not those behind it. */
  const giveUp = (): FileRecord[] =>
    forget().flatMap((line) => {
      const { fields, isOpen } = split(line.text!);
      return isOpen
        ? [refuse({ lines: [line] }, 'is no CSV: a quote is not closed')]
        : recordsOf({ lines: [line], fields });
    });

  const isNoRow = ({ text, number }: Line): boolean =>
    number <= skip || text!.trim() === '' || (comment !== '' && text!.trimStart().startsWith(comment));

  const take = (line: Line): FileRecord[] => {
    if (open.length > 0) {
      const fields = goOn(line);
      if (fields) return recordsOf({ lines: forget(), fields });
    } else {
      if (isNoRow(line)) return [];
      const { fields, isOpen } = split(line.text!);
      if (!isOpen) return recordsOf({ lines: [line], fields });
      begin(line);
    }
    return open.length < mostLines && openLength < longestLine ? [] : giveUp();
  };

  return {
    line: take,
    get waiting() {
      return first ? [...first.lines, ...open] : open;
    },
    release: giveUp,
    finish() {
      const records = giveUp();
      const held = first;
      first = undefined;
      return held ? [payloadOf(held), ...records] : records;
    },
    get names() {
      return columns?.names;
    },
  };
};

const isNextNumber = (before: string, after: string): boolean =>
  /^\d+$/.test(after) && Number(after) === Number(before) + 1;

/** Delimiters at the end of a row that stand for nothing. */
const withoutEmptyEnd = (fields: readonly string[], most: number): readonly string[] =>
  fields.length > most && fields.slice(most).every((field) => field.trim() === '') ? fields.slice(0, most) : fields;

const asItStood = (lines: readonly Line[]): string =>
  lines.length === 1
    ? lines[0]!.text!
    : lines.map(({ text, end }, index) => (index < lines.length - 1 ? text! + end : text!)).join('');
