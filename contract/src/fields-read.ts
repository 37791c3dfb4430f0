import type { Finding } from './finding.ts';
import { placeOf } from './finding.ts';
import { deepestSeenField, type SeenField } from './seen.ts';
import { nearest } from './words.ts';

/** The part of JSON Schema that tells which settings name fields. */
interface Schema {
  readonly type?: string;
  readonly widget?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** A setting that names a field of messages, and where it stands in the config. */
export interface FieldNamed {
  readonly place: readonly PropertyKey[];
  readonly name: string;
}

/** The fields that a config names: those that are read, and those that the component itself writes. */
export interface FieldsNamed {
  readonly read: readonly FieldNamed[];
  readonly written: readonly FieldNamed[];
}

/** Rules that ask whether a field is there are right about one that never is. */
const asksWhetherThere = (value: unknown): boolean =>
  isObject(value) && (value['operator'] === 'exists' || value['op'] === 'exists');

/**
 * What the schema of a type marks in a config: `widget: "field"` is a field that is read, `"new_field"` one that is written.
 */
export const fieldsNamed = (schema: unknown, config: unknown): FieldsNamed => {
  const [read, written]: FieldNamed[][] = [[], []];
  const walk = (given: Schema, value: unknown, place: readonly PropertyKey[]): void => {
    if (value === undefined || value === null) return;
    if (typeof value === 'string') {
      const widget = widgetOf(given);
      if (value !== '' && widget === 'field') read!.push({ place, name: value });
      if (value !== '' && widget === 'new_field') written!.push({ place, name: value });
    } else if (Array.isArray(value)) {
      const items = branchesOf(given).find((branch) => branch.items)?.items;
      if (items) value.forEach((item, index) => walk(items, item, [...place, index]));
    } else if (isObject(value) && !asksWhetherThere(value)) {
      const branches = branchesOf(given);
      const properties = branches.find((branch) => fits(branch, value))?.properties ?? {};
      const others = branches.find(({ additionalProperties }) => isObject(additionalProperties))?.additionalProperties;
      for (const [name, inner] of Object.entries(value)) {
        const own = Object.hasOwn(properties, name) ? properties[name] : others;
        if (isObject(own)) walk(own as Schema, inner, [...place, name]);
      }
    }
  };
  walk(schema as Schema, config, []);
  return { read: read!, written: written! };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const branchesOf = (schema: Schema): readonly Schema[] => [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];

const widgetOf = (schema: Schema): string | undefined => branchesOf(schema).find(({ widget }) => widget)?.widget;

/** Whether a value has the constants by which shapes of objects are told apart. */
const fits = ({ properties }: Schema, value: Readonly<Record<string, unknown>>): boolean =>
  properties !== undefined &&
  Object.entries(properties).every(([name, { const: constant }]) => constant === undefined || value[name] === constant);

/** The keys of a path in a row, the same for all ways to write it and for all elements of a list; undefined for what is no path. */
const rowOf = (path: string): string[] | undefined => {
  const part = /\.?([^.[\]"]+)|\[(?:-?\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]/y;
  const keys: string[] = [];
  while (part.lastIndex < path.length) {
    const found = part.exec(path);
    if (!found) return undefined;
    const [, name, quoted] = found;
    // a name with dots is found as it stands, so it counts as what the dots part
    if (quoted !== undefined) keys.push(...quoted.replace(/\\(.)/g, '$1').split('.'));
    else keys.push(name ?? '[]');
  }
  return keys;
};

/** What came by at the connections into a component. */
export interface SeenBefore {
  readonly looked_at: number;
  readonly fields: readonly SeenField[];
  readonly is_cut: boolean;
}

/** One of nearly the same name, or of the same name elsewhere in the message. */
const nearestField = (name: string, row: readonly string[], fields: readonly SeenField[]): string | undefined => {
  const paths = fields.map(({ path }) => path);
  const last = row.at(-1)!.toLowerCase();
  return nearest(name, paths) ?? paths.find((path) => rowOf(path)?.at(-1)?.toLowerCase() === last);
};

/** So few messages say little about what may still come. */
const fewMessages = 3;

/**
 * The settings of a config that read a field which never came by, as warnings with the nearest name that did. Nothing is said
 * as long as little came by, where not all names are known, or where the component writes the field itself.
 */
export const neverSeen = (
  named: FieldsNamed,
  { looked_at, fields, is_cut }: SeenBefore,
): readonly (Pick<Finding, 'code' | 'sentence' | 'hint'> & { readonly field: string; readonly instead?: string })[] => {
  if (looked_at < fewMessages || is_cut || fields.length === 0) return [];
  const known = new Set(fields.flatMap(({ path }) => rowOf(path)?.join('.') ?? []));
  const written = named.written.flatMap(({ name }) => rowOf(name)?.join('.') ?? []);
  return named.read.flatMap(({ place, name }) => {
    const row = rowOf(name);
    if (!row || row.length > deepestSeenField) return [];
    const text = row.join('.');
    if (known.has(text) || written.some((each) => text === each || text.startsWith(`${each}.`))) return [];
    const instead = nearestField(name, row, fields);
    return [
      {
        code: 'never_seen',
        field: placeOf(place),
        sentence: `no message that came by had the field "${name}"`,
        ...(instead === undefined ? {} : { instead, hint: `did you mean "${instead}"?` }),
      },
    ];
  });
};
