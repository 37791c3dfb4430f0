import type { FilePreview, ReadAs } from '@semstreams/contract';

const formats: Readonly<Record<ReadAs['format'], string>> = {
  csv: 'A table (CSV)',
  json_lines: 'JSON, one message on each line',
  json: 'JSON',
  text: 'Lines of text',
  tlog: 'A MAVLink recording',
};
const encodings: Readonly<Record<ReadAs['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'windows-1252': 'Windows-1252',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
};

/** What a file holds, in words: `A table (CSV) with ; between the fields, names in the first line, UTF-8`. */
export const inWords = ({ read_as: readAs, is_packed, bytes }: FilePreview): string => {
  if (bytes === 0) return 'The file is empty';
  if (!readAs) return 'No text: these are its first bytes';
  const { format, encoding, delimiter, header, decimal_comma } = readAs;
  return [
    delimiter === undefined ? formats[format] : `${formats[format]} with ${nameOf(delimiter)} between the fields`,
    ...(decimal_comma ? ['decimal comma'] : []),
    ...(header === undefined ? [] : [header === 'none' ? 'no names in the first line' : 'names in the first line']),
    ...(format === 'tlog' ? [] : [encodings[encoding]]),
    ...(is_packed ? ['packed with gzip'] : []),
  ].join(', ');
};

const nameOf = (delimiter: string): string => (delimiter === '\t' ? 'tabs' : `“${delimiter}”`);

type Config = Readonly<Record<string, unknown>>;

/** What settings of `file_input` are where they are left out. */
const usual: Config = { delimiter: ',', header: 'first_line', decimal_comma: false, encoding: 'utf-8' };

/** The settings with those that fit what a file holds; what is as usual is left out. */
export const readingAs = (config: Config, readAs: ReadAs): Config => {
  const { format, ...others } = readAs;
  const wanted = Object.fromEntries(Object.entries(others).filter(([name, value]) => usual[name] !== value));
  const kept = Object.fromEntries(Object.entries(config).filter(([name]) => !(name in usual)));
  return { ...kept, format, ...wanted };
};

/** Why settings do not read what a file holds, or undefined where they do. JSON on lines is JSON, too, and anything is lines of text. */
export const contradiction = (config: Config, preview: FilePreview): string | undefined => {
  const { read_as: readAs } = preview;
  const format = config['format'] ?? 'json_lines';
  if (!readAs || preview.bytes === 0 || format === 'text' || format === 'by_name') return undefined;
  if (format === 'json' && readAs.format === 'json_lines') return undefined;
  if (format !== readAs.format)
    return `The settings read it as ${lower(formats[format as ReadAs['format']])}, and it is ${lower(formats[readAs.format])}`;
  const delimiter = config['delimiter'] ?? ',';
  if (format === 'csv' && delimiter !== readAs.delimiter)
    return `The settings expect ${nameOf(String(delimiter))} between the fields, and it has ${nameOf(readAs.delimiter ?? ',')}`;
  return undefined;
};

const lower = (words: string | undefined): string =>
  words === undefined ? '' : words.replace(/^[AL]/, (letter) => letter.toLowerCase());
