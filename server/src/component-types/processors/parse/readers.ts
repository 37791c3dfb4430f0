import { csvRows, type CsvOptions } from '../../../component-kit/content/csv.ts';
import { fieldReader } from '../../../component-kit/content/csv-value.ts';
import type { FileRecord, LineReader } from '../../../component-kit/content/line-reader.ts';
import { withoutMarks } from '../../../component-kit/content/marks.ts';
import type { Harvest } from '../../../component-kit/formats/harvest.ts';
import { readJsonLine, readJsonTexts } from '../../../component-kit/formats/json/read-json.ts';
import { pairReader } from '../../../component-kit/formats/key-value/read-pairs.ts';
import { readLineProtocol } from '../../../component-kit/formats/line-protocol/read-lines.ts';
import { readMsgpack } from '../../../component-kit/formats/msgpack/read-msgpack.ts';
import { readXml } from '../../../component-kit/formats/xml/read-xml.ts';
import { linesOf } from './lines-of.ts';
import type { ParseConfig } from './parse.definition.ts';
import { patternReader } from './pattern.ts';

/** Hands over what a content holds. */
export type Read = (content: string | Buffer, harvest: Harvest) => void;

const ofText =
  (read: (text: string, harvest: Harvest) => void): Read =>
  (content, harvest) =>
    read(withoutMarks(content as string), harvest);

/** How contents are read by the settings. */
export const readerOf = (config: ParseConfig): Read => {
  const options = {
    numbers: config.numbers,
    texts: config.text_columns,
    types: config.column_types,
    decimalComma: config.decimal_comma,
  };
  const readField = fieldReader(options);
  switch (config.format) {
    case 'json':
      return ofText(readJsonTexts);
    case 'json_lines':
      return ofText((text, harvest) => {
        for (const line of linesOf(text)) readJsonLine(line.text!, line.number, harvest);
      });
    case 'csv':
      return ofText(table(config, options));
    case 'key_value':
      return ofText(pairs(config, readField));
    case 'pattern': {
      const read = patternReader(config.pattern, readField);
      return ofText((text, harvest) => read(linesOf(text), harvest));
    }
    case 'msgpack':
      return (content, harvest) => readMsgpack(content as Buffer, harvest);
    case 'line_protocol':
      return ofText(readLineProtocol({ unit: config.time_unit, lineEnds: config.line_ends }));
    case 'xml':
      return ofText((text, harvest) => readXml(text, { lists: config.lists, readField }, harvest));
  }
};

const pairs = (
  { pair_separator: pairSeparator, key_separator: keySeparator, flags }: ParseConfig,
  readField: ReturnType<typeof fieldReader>,
): ((text: string, harvest: Harvest) => void) => {
  const read = pairReader({ pairSeparator, keySeparator, flags, readField });
  if (pairSeparator.includes('\n')) return (text, harvest) => read(text, 1, harvest);
  return (text, harvest) => {
    for (const line of linesOf(text)) read(line.text!, line.number, harvest);
  };
};

/** Characters that a quoted field may go over. */
const longestField = 1024 ** 2;

const table = (
  config: ParseConfig,
  fields: Pick<CsvOptions, 'numbers' | 'texts' | 'types' | 'decimalComma'>,
): ((text: string, harvest: Harvest) => void) => {
  const newReader = (): ReturnType<typeof csvRows> =>
    csvRows({
      ...fields,
      delimiter: config.delimiter,
      skip: config.skip_lines,
      skipBelow: config.skip_below_header,
      comment: config.comment,
      ...(config.header === 'none' && { given: config.columns }),
      longestLine: longestField,
      names: undefined,
      isBelowHeader: false,
    });
  // with names by hand nothing is left over from one message to the next
  const isFree = config.header === 'none' && config.columns.length > 0 && config.skip_below_header === 0;
  const kept = isFree ? newReader() : undefined;
  return (text, harvest) => {
    const rows = kept ?? newReader();
    for (const line of linesOf(text)) handOver(rows.line(line), line.length, rows, harvest);
    handOver(rows.finish(), 0, rows, harvest);
  };
};

const handOver = (
  records: readonly FileRecord[],
  length: number,
  { names = [] }: Pick<LineReader, 'names'>,
  harvest: Harvest,
): void => {
  for (let at = 0; at < records.length; at += 1) {
    const record = records[at]!;
    if ('invalid' in record) harvest.refuse(record.invalid, record.raw as string);
    else harvest.record(record.payload, length + names.length * aroundField);
  }
};

/** About what the name of a field and the marks around it take as JSON. */
const aroundField = 12;
