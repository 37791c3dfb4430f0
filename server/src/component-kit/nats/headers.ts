import type { Headers } from '../../engine/message.ts';

/** What stands before the headers of a message, as ADR-4 of NATS has it; a status may follow. */
const version = 'NATS/1.0';
/** So many characters of headers of somebody else are kept. */
const mostCharacters = 16 * 1024;

export interface ReadHeaders {
  /** Such as 503, where the server itself says something. */
  readonly status: number | undefined;
  readonly description: string;
  readonly headers: Headers;
}

/** Reads a block of headers. What comes several times counts the first time. */
export const readHeaders = (block: Buffer): ReadHeaders => {
  const [first = '', ...lines] = block.toString('utf8').split('\r\n');
  const [, status, description = ''] = /^NATS\/1\.0(?: +(\d{3}) *(.*))?$/.exec(first) ?? [];
  const headers: Record<string, string> = {};
  let characters = 0;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    characters += name.length + value.length;
    if (characters > mostCharacters) break;
    if (name !== '__proto__' && !Object.hasOwn(headers, name)) headers[name] = value;
  }
  return { status: status === undefined ? undefined : Number(status), description, headers };
};

/** Characters that a name of a header may have. */
const goodName = /^[!-9;-~]+$/;

/** A block of headers; empty where there are none. What would break a line is left out of names and is a blank in values. */
export const writeHeaders = (headers: Headers): string => {
  let written = '';
  for (const name of Object.keys(headers))
    if (goodName.test(name)) written += `${name}: ${headers[name]!.replace(/[\r\n\0]+/g, ' ')}\r\n`;
  return written === '' ? '' : `${version}\r\n${written}\r\n`;
};
