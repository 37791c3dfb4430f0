/** Messages of one datagram, or a sentence that says why it is none. `json` is the payload's text where it can be kept. */
export type Decode = (datagram: Buffer, from: string) => Decoded;
export type Decoded = readonly { readonly payload: unknown; readonly json?: string }[] | string;

export type Format = 'json' | 'json_lines' | 'text' | 'bytes';

const parse = (text: string): { payload: unknown; json?: string } => {
  const payload: unknown = JSON.parse(text);
  // text on one line is passed on as it came, and never made again
  return text.includes('\n') || text.includes('\r') ? { payload } : { payload, json: text };
};

export const decoders: Readonly<Record<Format, Decode>> = {
  json: (datagram) => {
    try {
      return [parse(datagram.toString('utf8').trim())];
    } catch {
      return `no JSON: ${preview(datagram)}`;
    }
  },
  json_lines: (datagram) => {
    try {
      const lines = datagram.toString('utf8').split('\n');
      return lines.filter((line) => line.trim() !== '').map((line) => parse(line.trim()));
    } catch {
      return `not JSON on every line: ${preview(datagram)}`;
    }
  },
  text: (datagram, from) => [{ payload: { text: datagram.toString('utf8').replace(/\r?\n$/, ''), from } }],
  bytes: (datagram, from) => [{ payload: { data: datagram.toString('base64'), from } }],
};

const preview = (datagram: Buffer): string => JSON.stringify(datagram.toString('utf8', 0, 60));
