import sax from 'sax';
import { limits } from '../../../engine/limits.ts';
import type { Harvest } from '../harvest.ts';

export interface XmlOptions {
  /** Names of elements that are a list also where there is one. */
  readonly lists: readonly string[];
  /** What a text means; undefined where it is not what a field of that name holds. */
  readonly readField: (name: string) => (text: string) => unknown;
}

interface Element {
  readonly name: string;
  /** Attributes and elements in it; undefined as long as there are none. */
  fields: Map<string, unknown> | undefined;
  text: string;
}

class Problem extends Error {}

/** About what an element takes in memory, in bytes. */
const elementBytes = 128;

/**
 * XML as most programs have it as JSON: `{ root: { "@attribute": …, element: …, "#text": … } }`. An element of text alone is its
 * text, an empty one null, one that comes several times a list. Entities beyond the five of XML, and what a DOCTYPE says, are not
 * followed.
 */
export const readXml = (written: string, options: XmlOptions, harvest: Harvest): void => {
  const text = written.includes('\r') ? written.replace(/\r\n?/g, '\n') : written;
  // its types do not know the last one: no entities but those of XML
  const parser = sax.parser(true, { position: true, ...{ strictEntities: true } });
  const lists = new Set(options.lists);
  const open: Element[] = [];
  let taken = 0;

  const put = (element: Element, name: string, value: unknown): void => {
    const fields = (element.fields ??= new Map());
    const before = fields.get(name);
    if (before === undefined) fields.set(name, lists.has(name) ? [value] : value);
    else if (Array.isArray(before)) before.push(value);
    else fields.set(name, [before, value]);
  };
  const fieldOf = (name: string, value: string): unknown => {
    const meant = options.readField(name)(value);
    if (meant === undefined) throw new Problem(`"${value.slice(0, 60)}" is not what "${name}" holds`);
    return meant;
  };
  const valueOf = ({ name, fields, text: inner }: Element): unknown => {
    const trimmed = inner.trim();
    const value = trimmed === '' ? null : fieldOf(name, trimmed);
    if (!fields) return value;
    if (value !== null) fields.set('#text', value);
    return Object.fromEntries(fields);
  };

  parser.onopentag = ({ name, attributes }) => {
    const found = Object.entries(attributes as Readonly<Record<string, string>>);
    taken += elementBytes * (1 + found.length);
    if (open.length >= limits.levels)
      throw new Problem(`it is nested deeper than the ${limits.levels} levels that a message may have`);
    if (taken + text.length > limits.parsed)
      throw new Problem(`it holds so many elements that it would take more than ${limits.parsed / 1024 ** 2} MB`);
    const element: Element = { name, fields: undefined, text: '' };
    open.push(element);
    for (const [attribute, value] of found) put(element, `@${attribute}`, fieldOf(attribute, value));
  };
  const addText = (more: string): void => {
    const element = open.at(-1);
    if (element) element.text += more;
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const element = open.pop()!;
    const value = valueOf(element);
    const outer = open.at(-1);
    if (outer) return put(outer, element.name, value);
    harvest.record(Object.fromEntries([[element.name, value]]), text.length);
  };
  parser.onerror = (error) => {
    throw new Problem(error.message.split('\n', 1)[0]!.toLowerCase());
  };

  try {
    parser.write(text).close();
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const place = `line ${parser.line + 1}, column ${parser.column + 1}`;
    harvest.refuse(`${place}: ${thrown.message}`, text);
  }
};
