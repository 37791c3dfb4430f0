import { InvalidMessage } from '../../../engine/fault.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { valueOf } from '../../content/csv-value.ts';

/**
 * The fields of a payload as pairs on one line, such as `level=info text="it is \"on\""`. Texts that would be read as something
 * else stand in quotes; what is no single value is written as JSON; null is left out. Throws an InvalidMessage where there are
 * no fields.
 */
export const pairWriter = (pairSeparator: string, keySeparator: string): ((payload: unknown) => string) => {
  const needsQuotes = (text: string): boolean =>
    text === '' ||
    unsafe.test(text) ||
    text.includes(pairSeparator) ||
    text.includes(keySeparator) ||
    pairSeparator.startsWith(text.at(-1)!);
  const written = (text: string): string => (needsQuotes(text) ? quoted(text) : text);
  const valueText = (value: unknown): string => {
    if (typeof value === 'string') return typeof valueOf(value) === 'string' ? written(value) : quoted(value);
    const json = jsonOf(value);
    return typeof value === 'object' ? written(json) : json;
  };
  return (payload) => {
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload) || payload instanceof Number)
      throw new InvalidMessage('it is no object, so it has no fields to write');
    return Object.entries(payload)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => written(name) + keySeparator + valueText(value))
      .join(pairSeparator);
  };
};

const unsafe = /[\s"\\]/;
const quoted = (text: string): string => `"${text.replace(/["\\\n\r\t]/g, (letter) => escapes[letter]!)}"`;
const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
