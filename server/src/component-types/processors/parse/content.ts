import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { noUtf8 } from '../../../component-kit/content/decoders.ts';
import { placeOf } from '../../../component-kit/formats/harvest.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import type { ParseConfig } from './parse.definition.ts';

type Content = string | Buffer;

/**
 * What is to be parsed of a payload, as a text, or as bytes for MessagePack. Throws an InvalidMessage where there is no such
 * thing.
 */
export const contentReader = (
  config: Pick<ParseConfig, 'field' | 'holds' | 'format' | 'encoding'>,
): ((payload: unknown) => Content) => {
  const isBinary = config.format === 'msgpack';
  const find = config.field === '' ? itself(isBinary) : named(config.field, isBinary || config.holds === 'base64');
  const textOf = textOfBytes(config.encoding);
  return (payload) => {
    const content = find(payload);
    if (typeof content === 'string' || isBinary) return content;
    return textOf(content);
  };
};

const named = (field: string, isBase64: boolean): ((payload: unknown) => Content) => {
  const read = reader(field);
  return (payload) => {
    const value = read(payload);
    if (typeof value !== 'string')
      throw new InvalidMessage(`the field "${field}" ${value === undefined ? 'is missing' : 'is no text'}`);
    return isBase64 ? bytesOf(value, `the field "${field}"`) : value;
  };
};

const itself = (isBinary: boolean): ((payload: unknown) => Content) => {
  const first = isBinary ? 'data' : 'text';
  return (payload) => {
    if (payload instanceof Uint8Array) return Buffer.from(payload);
    if (typeof payload === 'string') return isBinary ? bytesOf(payload, 'it') : payload;
    const { text, data } = (typeof payload === 'object' && payload !== null ? payload : {}) as Readonly<
      Record<string, unknown>
    >;
    if (typeof text === 'string' && !isBinary) return text;
    if (typeof data === 'string') return bytesOf(data, 'the field "data"');
    throw new InvalidMessage(
      `it is no text and has none in "${first}": name the field that holds it in "field", such as "line"`,
    );
  };
};

const bytesOf = (text: string, what: string): Buffer => {
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  throw new InvalidMessage(`${what} holds no bytes: they are written as base64`);
};

/** A byte order mark goes before what is set. */
const textOfBytes = (encoding: ParseConfig['encoding']): ((bytes: Buffer) => string) => {
  const decoders = {
    set: new TextDecoder(encoding),
    'utf-16le': new TextDecoder('utf-16le'),
    'utf-16be': new TextDecoder('utf-16be'),
  };
  return (bytes) => {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoders['utf-16le'].decode(bytes);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return decoders['utf-16be'].decode(bytes);
    if (encoding.startsWith('utf-16')) return decoders.set.decode(bytes);
    if (isAscii(bytes)) return bytes.toString('latin1');
    if (encoding !== 'utf-8' || isUtf8(bytes)) return decoders.set.decode(bytes);
    const text = decoders.set.decode(bytes);
    throw new InvalidMessage(`${placeOf(text, text.indexOf('\uFFFD'))}: it ${noUtf8}`);
  };
};
