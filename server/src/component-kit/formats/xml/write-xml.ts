import { ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';

/**
 * A payload as one XML document, without a declaration, in the form that is read: "@name" is an attribute, "#text" the text of an
 * element, a list the same element several times, null an empty one. An object with one field that is no list is its root; all
 * else stands in an element named `root`. Throws an InvalidMessage for names and characters that XML has not.
 */
export const xmlWriter = (root: string): ((payload: unknown) => string) => {
  const rootOf = (payload: unknown): readonly [string, unknown] => {
    if (!isObject(payload)) return [root, payload];
    const entries = Object.entries(payload);
    const [only] = entries;
    const isRoot = entries.length === 1 && !/^[@#]/.test(only![0]) && !Array.isArray(only![1]);
    return isRoot ? only! : [root, payload];
  };
  return (payload) => {
    const [name, value] = rootOf(payload);
    // a list has no root of its own
    return element(name, Array.isArray(value) ? { item: value } : value);
  };
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

const element = (name: string, value: unknown): string => {
  refuseName(name);
  if (Array.isArray(value))
    return value.map((each) => element(name, Array.isArray(each) ? { item: each } : each)).join('');
  if (value === null || value === undefined) return `<${name}/>`;
  if (!isObject(value)) return wrapped(name, '', escapedText(value));
  let [attributes, inner] = ['', ''];
  for (const [field, held] of Object.entries(value)) {
    if (field === '#text') inner += held === null ? '' : escapedText(single(field, held));
    else if (!field.startsWith('@')) inner += element(field, held);
    else if (held !== null) attributes += ` ${nameOf(field)}="${escapedAttribute(single(field, held))}"`;
  }
  return wrapped(name, attributes, inner);
};

const wrapped = (name: string, attributes: string, inner: string): string =>
  inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;

const nameOf = (attribute: string): string => {
  refuseName(attribute.slice(1));
  return attribute.slice(1);
};

const name = /^[\p{L}_:][\p{L}\p{N}\p{M}_:.\-·]*$/u;

const refuseName = (written: string): void => {
  if (!name.test(written))
    throw new InvalidMessage(`"${written.slice(0, 60)}" cannot be the name of an XML element: rename the field`);
};

const single = (field: string, value: unknown): unknown => {
  if (Array.isArray(value) || isObject(value))
    throw new InvalidMessage(`"${field}" is no single value, as XML wants it`);
  return value;
};

/** All but line ends, tabs and what XML 1.0 takes as a character. */
const noCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const escapedText = (value: unknown): string => escaped(String(value), /[&<>\r]/g);
const escapedAttribute = (value: unknown): string => escaped(String(value), /[&<>"\t\n\r]/g);

const escaped = (text: string, special: RegExp): string => {
  if (noCharacter.test(text))
    throw new InvalidMessage(`a text holds a character that XML has not: ${JSON.stringify(text.slice(0, 60))}`);
  return text.replace(special, (letter) => entities[letter]!);
};
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
