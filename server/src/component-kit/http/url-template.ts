import { InvalidMessage } from '../../engine/fault.ts';
import { messageReader } from '../../engine/header-path.ts';
import { jsonOf } from '../../engine/json-text.ts';
import type { Message } from '../../engine/message.ts';

/** An address with fields of messages in it. */
export interface UrlTemplate {
  /** The address without the fields, for its scheme and host. */
  readonly base: URL;
  /** The address of a message. Throws an InvalidMessage where a field is missing. */
  of(message: Message): URL;
}

/** A field in braces, but not the name of a secret, which has a dollar before them. */
const field = /(?<!\$)\{([^{}]+)\}/;

/** Throws an Error that says what is wrong: for no address, and for fields that would choose the host. */
export const compileUrl = (text: string): UrlTemplate => {
  const parts = text.split(new RegExp(field, 'g'));
  const base = httpUrlOf(parts.map((part, index) => (index % 2 === 0 ? part : 'x')).join(''));
  if (parts.length === 1) return { base, of: () => base };
  if (!/^https?:\/\/[^/?]+[/?]/i.test(parts[0]!))
    throw new Error('a field may stand behind the host alone: messages do not choose where they are sent');
  const made = parts.map((part, index) => {
    if (index % 2 === 0) return () => part;
    const name = part.trim();
    const read = messageReader(name);
    return (message: Message) => encodeURIComponent(textOf(read(message), name));
  });
  let known: { readonly text: string; readonly url: URL } | undefined;
  return {
    base,
    of: (message) => {
      const whole = made.map((part) => part(message)).join('');
      if (known?.text !== whole) known = { text: whole, url: new URL(whole) };
      return known.url;
    },
  };
};

const httpUrlOf = (text: string): URL => {
  if (!/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text.replaceAll(/\$\{[A-Z][A-Z0-9_]*\}/g, 'x')))
    throw new Error('write an address such as "https://service.example/path"');
  if (text.includes('#')) throw new Error('an address has no "#" here');
  return new URL(text.replaceAll(/\$\{[A-Z][A-Z0-9_]*\}/g, 'x'));
};

const textOf = (value: unknown, name: string): string => {
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : jsonOf(value);
  // a part that is empty, or leads upwards, makes another address than was meant
  if (text === '' || text === '.' || text === '..')
    throw new InvalidMessage(`its "${name}", which the address needs, is ${text === '' ? 'missing' : `"${text}"`}`);
  return text;
};
