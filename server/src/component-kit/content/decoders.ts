import { parseJson, whyNoJson } from '../../engine/json-text.ts';

/** What one datagram holds: messages, and sentences that say why something is none. */
export type Decode = (datagram: Buffer, from: string) => Iterable<Decoded>;
/** `json` is the payload's text where it can be kept, `size` about how many bytes the payload takes where it cannot. */
export type Decoded =
  { readonly payload: unknown; readonly json?: string; readonly size?: number } | { readonly invalid: string };

export type Format = 'json' | 'json_lines' | 'text' | 'bytes';

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
function* parseLines(text: string): Iterable<Decoded> {
  let bad = 0;
  for (let start = 0, end; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end).trim();
    if (line === '') continue;
    const decoded = jsonIn(line);
    yield decoded;
    if ('invalid' in decoded && (bad += 1) >= mostBadLines && end < text.length)
      return yield { invalid: `${mostBadLines} lines of a packet were no JSON, so the rest of it was left out` };
  }
}

export const decoders: Readonly<Record<Format, Decode>> = {
  json: (datagram) => [jsonIn(datagram.toString('utf8').trim())],
  json_lines: (datagram) => parseLines(datagram.toString('utf8')),
  text: (datagram, from) => {
    const text = datagram.toString('utf8').replace(/\r?\n$/, '');
    return [{ payload: { text, from }, size: text.length }];
  },
  bytes: (datagram, from) => {
    const data = datagram.toString('base64');
    return [{ payload: { data, from }, size: data.length }];
  },
};
