/** What one datagram holds: messages, and sentences that say why something is none. */
export type Decode = (datagram: Buffer, from: string) => readonly Decoded[];
/** `json` is the payload's text where it can be kept. */
export type Decoded = { readonly payload: unknown; readonly json?: string } | { readonly invalid: string };

export type Format = 'json' | 'json_lines' | 'text' | 'bytes';

/** Text on one line is passed on as it came, and never made again: so integers beyond 2^53 survive. */
const parse = (text: string): Decoded => {
  try {
    const payload: unknown = JSON.parse(text);
    return text.includes('\n') || text.includes('\r') ? { payload } : { payload, json: text };
  } catch {
    return { invalid: `no JSON: ${JSON.stringify(text.slice(0, 60))}` };
  }
};

export const decoders: Readonly<Record<Format, Decode>> = {
  json: (datagram) => [parse(datagram.toString('utf8').trim())],
  json_lines: (datagram) =>
    datagram
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map(parse),
  text: (datagram, from) => [{ payload: { text: datagram.toString('utf8').replace(/\r?\n$/, ''), from } }],
  bytes: (datagram, from) => [{ payload: { data: datagram.toString('base64'), from } }],
};
