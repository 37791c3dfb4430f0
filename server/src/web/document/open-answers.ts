import { numberFormat } from './numbers.ts';

/** The schemas of a document by their names. */
export type Schemas = Record<string, unknown>;

type Json = Readonly<Record<string, unknown>>;
const refPrefix = '#/components/schemas/';

/**
 * Requests are closed: an unknown field is refused. Answers are open, so that a client of today understands a server of
 * tomorrow that has more to say. A closed schema that both use is there twice: `Given…` is what requests refer to.
 */
export const openAnswers = (
  schemas: Schemas,
  { requests, answers }: { readonly requests: unknown; readonly answers: unknown },
): { readonly schemas: Schemas; readonly requests: unknown } => {
  const [inRequests, inAnswers] = [reachable(requests, schemas), reachable(answers, schemas)];
  const isDouble = (name: string) => inRequests.has(name) && inAnswers.has(name) && isClosed(name, schemas, new Set());
  const givenNames = new Map([...inRequests].filter(isDouble).map((name) => [name, `Given${name}`]));
  const result: Schemas = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const given = givenNames.get(name);
    if (given !== undefined) result[given] = renamed(schema, givenNames);
    result[name] = inAnswers.has(name) ? opened(schema) : renamed(schema, givenNames);
  }
  return { schemas: result, requests: renamed(requests, givenNames) };
};

/** The names of all schemas that something refers to, also by way of others. */
const reachable = (from: unknown, schemas: Schemas): Set<string> => {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    for (const name of refsIn(value)) {
      if (found.has(name)) continue;
      found.add(name);
      walk(schemas[name]);
    }
  };
  walk(from);
  return found;
};

const refsIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? null).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);

const isClosed = (name: string, schemas: Schemas, seen: Set<string>): boolean => {
  if (seen.has(name)) return false;
  seen.add(name);
  const schema = schemas[name];
  if (JSON.stringify(schema ?? null).includes('"additionalProperties":false')) return true;
  return refsIn(schema).some((inner) => isClosed(inner, schemas, seen));
};

/** A copy of what `change` makes of each object in it, from the inside out. */
const mapped = (value: unknown, change: (object: Json) => Json): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, change)])));
};

/**
 * The same, where `allOf` with one schema says no more than that schema, and where formats for forms are left out: `duration`
 * means something else to JSON Schema. Whole numbers say how wide they are. Times have no pattern beside their format: clients
 * make a time of them, which is no text that a pattern could be held against.
 */
export const simplified = <Value>(value: Value): Value =>
  mapped(value, (given) => {
    const { allOf } = given;
    const isOnly = Array.isArray(allOf) && allOf.length === 1 && Object.keys(given).length === 1;
    return isOnly ? (allOf[0] as Json) : withFormat(given);
  }) as Value;

/** The same without what OpenAPI 3.0 does not know (`contentEncoding`), or knows as something else. */
const withFormat = ({ contentEncoding: _, ...given }: Json): Json => {
  const { format, ...rest } = given;
  if (format === 'duration' || format === 'size') return rest;
  if (format !== 'date-time') return { ...given, ...numberFormat(given) };
  const { pattern: __, ...time } = given;
  return time;
};

const opened = (schema: unknown): unknown =>
  mapped(schema, (object) => {
    const { additionalProperties, ...rest } = object;
    return additionalProperties === false ? rest : object;
  });

const renamed = (value: unknown, names: ReadonlyMap<string, string>): unknown =>
  mapped(value, (object) => {
    const ref = object['$ref'];
    if (typeof ref !== 'string' || !ref.startsWith(refPrefix)) return object;
    const name = names.get(ref.slice(refPrefix.length));
    return name === undefined ? object : { ...object, $ref: `${refPrefix}${name}` };
  });
