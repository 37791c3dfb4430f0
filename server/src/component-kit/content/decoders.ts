import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { parseJson, whyNoJson } from '../../engine/json-text.ts';
import { jsonTextsOf } from './json-texts.ts';
import { bareJson, withoutMarks } from './marks.ts';

/** What one datagram holds: messages, and sentences that say why something is none. */
export type Decode = (datagram: Buffer, from: string) => Iterable<Decoded>;
/** `json` is the payload's text where it can be kept, `size` about how many bytes the payload takes where it cannot. */
export type Decoded =
  { readonly payload: unknown; readonly json?: string; readonly size?: number } | { readonly invalid: string };

export type Format = 'json' | 'json_lines' | 'text' | 'text_lines' | 'bytes';
export type Encoding = 'utf-8' | 'windows-1252';

/**
 * What JSON says, with its text where that stands on one line: it is passed on as it came, and never made again, so that
 * integers beyond 2^53 survive. Throws for what is none.
 */
export const withItsText = (
  json: string,
): { readonly payload: unknown; readonly json?: string; readonly size?: number } => {
  const payload = parseJson(json);
  return json.includes('\n') || json.includes('\r') ? { payload, size: json.length } : { payload, json };
};

/** The same, with a sentence for what is none. */
export const jsonIn = (text: string): Decoded => {
  try {
    return withItsText(text);
  } catch (thrown) {
    return { invalid: whyNoJson(thrown, text) };
  }
};

/** So many lines of a packet may be no JSON before the rest of it is not looked at: a sentence for each takes time. */
const mostBadLines = 100;

/** Line by line, so that a large packet of short ones is never in memory as so many texts. */
function* linesOf(text: string): Iterable<string> {
  for (let start = 0, end; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    yield text.slice(start, end);
  }
}

/**
 * What a line or a packet holds: one JSON text, or several one after the other if all of them are right; nothing where it is
 * empty but for what means nothing.
 */
export const jsonsIn = (line: string): readonly Decoded[] => {
  const text = bareJson(line);
  if (text === '') return [];
  const whole = jsonIn(text);
  if ('payload' in whole) return [whole];
  const texts = jsonTextsOf(text, false);
  const several = texts.length > 1 && texts.length <= mostTexts ? texts.map(jsonIn) : [];
  return several.length > 0 && several.every((each) => 'payload' in each) ? several : [whole];
};
/** Texts in one line or packet; beyond, the far side has to write them on lines of their own. */
const mostTexts = 100_000;

function* parseLines(text: string): Iterable<Decoded> {
  let bad = 0;
  for (const line of linesOf(text)) {
    if (bad >= mostBadLines && bareJson(line) !== '')
      return yield { invalid: `${mostBadLines} lines of a packet were no JSON, so the rest of it was left out` };
    for (const decoded of jsonsIn(line)) {
      yield decoded;
      if ('invalid' in decoded) bad += 1;
    }
  }
}

const textOf = (line: string, from: string): Decoded => {
  const text = withoutMarks(line.endsWith('\r') ? line.slice(0, -1) : line);
  return { payload: { text, from }, size: text.length };
};

function* textLines(text: string, from: string): Iterable<Decoded> {
  for (const line of linesOf(text)) {
    const decoded = textOf(line, from) as { readonly payload: { readonly text: string } };
    if (decoded.payload.text !== '') yield decoded;
  }
}

const ofText: Readonly<Record<Exclude<Format, 'bytes'>, (text: string, from: string) => Iterable<Decoded>>> = {
  json: jsonsIn,
  json_lines: parseLines,
  text: (text, from) => [textOf(withoutMarks(text).replace(/\n$/, ''), from)],
  text_lines: textLines,
};

/** Bytes as text; undefined where they are none of that encoding. */
export const textDecoder = (encoding: Encoding): ((bytes: Buffer) => string | undefined) => {
  const decoder = new TextDecoder(encoding);
  return (bytes) => {
    // what is the same text in both is read four times as fast as Latin 1
    if (isAscii(bytes)) return bytes.toString('latin1');
    if (encoding === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
    return decoder.decode(bytes);
  };
};

export const noUtf8 = 'is no UTF-8: set "encoding", such as to "windows-1252"';

/** What is empty holds nothing: some ask by it whether anybody is there. */
export const decoderOf = (format: Format, encoding: Encoding = 'utf-8'): Decode => {
  if (format === 'bytes')
    return (datagram, from) => {
      if (datagram.length === 0) return [];
      const data = datagram.toString('base64');
      return [{ payload: { data, from }, size: data.length }];
    };
  const [read, textOfBytes] = [ofText[format], textDecoder(encoding)];
  return (datagram, from) => {
    const text = textOfBytes(datagram);
    if (text === undefined) return [{ invalid: `it ${noUtf8}` }];
    return text === '' ? [] : read(text, from);
  };
};

/** The same in UTF-8, by format. */
export const decoders: Readonly<Record<Format, Decode>> = {
  json: decoderOf('json'),
  json_lines: decoderOf('json_lines'),
  text: decoderOf('text'),
  text_lines: decoderOf('text_lines'),
  bytes: decoderOf('bytes'),
};
