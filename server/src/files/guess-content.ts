import { isUtf8 } from 'node:buffer';
import type { ReadAs } from '@semstreams/contract';
import { splitRow } from '../component-kit/content/csv-row.ts';
import { isValue } from '../component-kit/content/csv-value.ts';

/** How the beginning of a file is written; undefined where it is no text. A mark at its beginning says it of itself. */
export const guessEncoding = (head: Buffer): ReadAs['encoding'] | undefined => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const sample = head.subarray(0, 4096);
  const zeros = [0, 1].map((odd) => sample.filter((byte, at) => byte === 0 && at % 2 === odd).length);
  const most = sample.length / 2;
  if (zeros[1]! > most * 0.4 && zeros[0]! < most * 0.05) return 'utf-16le';
  if (zeros[0]! > most * 0.4 && zeros[1]! < most * 0.05) return 'utf-16be';
  if (sample.some(isNoText)) return undefined;
  // a character may be cut at the end
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut))) ? 'utf-8' : 'windows-1252';
};

/** Control characters but for tab, line ends, form feed, escape and the mark before JSON texts (RFC 7464). */
const isNoText = (byte: number): boolean => byte < 32 && ![9, 10, 12, 13, 27, 30].includes(byte);

/** Whether bytes begin like a recording of MAVLink: a time in microseconds, then a frame. */
export const isRecording = (head: Buffer): boolean => {
  if (head.length < 10 || (head[8] !== 0xfe && head[8] !== 0xfd)) return false;
  const seconds = Number(head.readBigUInt64BE(0) / 1_000_000n);
  return seconds >= 0 && seconds < 4_102_444_800;
};

const delimiters = [',', ';', '\t', '|'] as const;
const sampleLines = 20;

type Guess = Omit<ReadAs, 'encoding'>;

/**
 * What a text holds, by its beginning: JSON by its first sign, a table where a delimiter makes the same number of fields, two at
 * least, of nearly each line, plain lines else.
 */
export const guessContent = (text: string, isAll: boolean): Guess => {
  const clean = text.replace(/^[\0\ufeff\u001e]+/, '');
  const lines = clean.split(/\r\n|\n|\r/);
  if (!isAll && lines.length > 1) lines.pop();
  const filled = lines.filter((line) => line.trim() !== '').slice(0, sampleLines);
  const first = filled[0]?.trimStart()[0];
  if (first === '{' || first === '[') return { format: jsonOf(filled, isAll || filled.length > 1) };
  return tableOf(filled) ?? { format: 'text' };
};

const jsonOf = ([line = '', ...others]: readonly string[], isWhole: boolean): Guess['format'] => {
  const isList = line.trimStart().startsWith('[');
  if (others.length === 0) return isList || (isWhole && !isJson(line)) ? 'json' : 'json_lines';
  return isJson(line) && isJson(others[0]!) ? 'json_lines' : 'json';
};

const isJson = (line: string): boolean => {
  try {
    JSON.parse(line.replace(/^[\u001e\ufeff]/, ''));
    return true;
  } catch {
    return false;
  }
};

const tableOf = (lines: readonly string[]): Guess | undefined => {
  const [best] = delimiters
    .map((delimiter) => ({ delimiter, rows: lines.map((line) => splitRow(line, delimiter).fields) }))
    .filter(({ rows }) => rows.length > 0 && rows[0]!.length > 1)
    .map((table) => ({ ...table, share: alike(table.rows) }))
    .filter(({ share, rows }) => share > 0.7 && (rows.length > 1 || rows[0]!.length > 1))
    .sort((a, b) => b.share - a.share || b.rows[0]!.length - a.rows[0]!.length);
  if (!best) return undefined;
  const { delimiter, rows } = best;
  const below = rows.slice(1).flat();
  const commas = below.filter((field) => /^\s*-?\d+,\d+\s*$/.test(field)).length;
  const points = below.filter((field) => /^\s*-?\d+\.\d+\s*$/.test(field)).length;
  return {
    format: 'csv',
    delimiter,
    header: rows[0]!.some((field) => isValue(field)) ? 'none' : 'first_line',
    decimal_comma: delimiter !== ',' && commas > points,
  };
};

const alike = (rows: readonly (readonly string[])[]): number => {
  const usual = rows[Math.min(1, rows.length - 1)]!.length;
  return rows.filter(({ length }) => length === usual || length === usual - 1).length / rows.length;
};
