import { type Decoded, decoderOf, jsonIn, textDecoder, noUtf8 } from '../../../component-kit/content/decoders.ts';
import { jsonTextsOf } from '../../../component-kit/content/json-texts.ts';
import { bareJson } from '../../../component-kit/content/marks.ts';
import type { HttpInputConfig } from './http-input.definition.ts';

type Format = Exclude<HttpInputConfig['format'], 'by_type'>;
type Read = (body: Buffer, from: string) => Iterable<Decoded>;

/** Types that say nothing of what a body holds: it is looked at all the same. The first is what `curl -d` says of everything. */
const sayNothing = ['application/x-www-form-urlencoded', 'application/octet-stream', 'text/plain'];
const json = /^(application|text)\/(json|[\w.-]+\+json)$/;
const jsonLines = /^(application|text)\/(x-)?(ndjson|jsonl|jsonlines|json-lines|json-seq)$/;

/** Which types of bodies each format takes. */
const takes: Readonly<Record<Format, (type: string) => boolean>> = {
  json: (type) => json.test(type) || sayNothing.includes(type),
  json_lines: (type) => jsonLines.test(type) || json.test(type) || sayNothing.includes(type),
  json_array: (type) => json.test(type) || sayNothing.includes(type),
  form: (type) => type === 'application/x-www-form-urlencoded',
  text: (type) => !type.startsWith('multipart/'),
  bytes: () => true,
};

/** What a body of this type is, where its type decides; undefined where that is none that is known. */
const formatOfType = (type: string): Format | undefined => {
  if (json.test(type)) return 'json';
  if (jsonLines.test(type)) return 'json_lines';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('text/')) return 'text';
  return type === 'application/octet-stream' ? 'bytes' : undefined;
};

/** How bodies are read by the settings: a function by `Content-Type`, which returns undefined for types that are not taken. */
export const bodyReader = (
  config: Pick<HttpInputConfig, 'format' | 'encoding'>,
): ((contentType: string | undefined) => Read | undefined) => {
  const reads = readers(config.encoding);
  return (contentType) => {
    const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
    if (config.format === 'by_type') {
      const format = type === '' ? 'json' : formatOfType(type);
      return format && reads[format];
    }
    return type === '' || takes[config.format](type) ? reads[config.format] : undefined;
  };
};

const readers = (encoding: HttpInputConfig['encoding']): Readonly<Record<Format, Read>> => {
  const textOf = textDecoder(encoding);
  const ofText =
    (read: (text: string) => Iterable<Decoded>): Read =>
    (body) => {
      const text = textOf(body);
      return text === undefined ? [{ invalid: `it ${noUtf8}` }] : read(text);
    };
  return {
    json: decoderOf('json', encoding),
    json_lines: decoderOf('json_lines', encoding),
    json_array: ofText(elements),
    form: ofText((text) => [fields(text)]),
    text: decoderOf('text', encoding),
    bytes: decoderOf('bytes'),
  };
};

/** Each element of a list; what is no list is one message. */
const elements = (text: string): readonly Decoded[] => {
  const bare = bareJson(text);
  if (!bare.startsWith('[')) return bare === '' ? [] : [jsonIn(bare)];
  // a list that is cut, or is none, is not half taken
  const whole = jsonIn(bare);
  return 'invalid' in whole ? [whole] : jsonTextsOf(bare, true).map(jsonIn);
};

/** The fields of a form; one that stands there several times is a list. */
const fields = (text: string): Decoded => {
  const payload: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = payload[name];
    payload[name] = before === undefined ? value : [before, value].flat();
  }
  return { payload: { ...payload }, size: text.length };
};
