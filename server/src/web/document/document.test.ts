import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { examples } from './examples.ts';
import { openAnswers } from './open-answers.ts';

interface Media {
  readonly schema: { readonly $ref?: string };
  readonly example?: unknown;
}
type Content = Readonly<Record<string, Media>>;
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly description: string; readonly content?: Content }>
  >;
}

const text = readFileSync(resolve(import.meta.dirname, '../../../../docs/reference/openapi.json'), 'utf8');
const document = JSON.parse(text) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};
const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
const contents = operations.flatMap(({ operationId, requestBody, responses }) => [
  [`${operationId}, its body`, requestBody?.content ?? {}] as const,
  ...Object.entries(responses).map(([status, { content = {} }]) => [`${operationId}, ${status}`, content] as const),
]);

const definitions = JSON.parse(
  JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/definitions/'),
) as Record<string, z.core.JSONSchema.JSONSchema>;
/** What a schema of the document says of a value. */
const wrongWith = (name: string, value: unknown): string | undefined =>
  z.fromJSONSchema({ ...definitions[name], definitions } as never, { defaultTarget: 'openapi-3.0' }).safeParse(value)
    .error?.message;

const propertiesOf = (name: string): object =>
  (document.components.schemas[name] as { properties?: object }).properties ?? {};

describe('the document of the API', () => {
  it('names every call once, in words, with its group', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, summary, tags } of operations) {
      expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
      expect([summary, tags]).toEqual([expect.stringMatching(/\w/), [expect.any(String)]]);
    }
  });

  it('says of every parameter what it is, and its type on the spot', () => {
    for (const { operationId, parameters = [] } of operations)
      for (const { name, description, schema } of parameters) {
        expect(description, `${operationId}, ${name}`).toMatch(/\w/);
        expect(schema, `${operationId}, ${name}`).toHaveProperty('type');
      }
  });

  it('says of every whole number whether 32 bits hold it', () => {
    const found = [...objectsIn(document)].filter(({ type }) => type === 'integer');
    for (const { format, minimum, maximum } of found) {
      const isNarrow = Number(minimum) >= -(2 ** 31) && Number(maximum) < 2 ** 31;
      expect(format, `from ${String(minimum)} to ${String(maximum)}`).toBe(isNarrow ? 'int32' : 'int64');
    }
    expect(document.components.schemas['KeptBackup']).toMatchObject({ properties: { bytes: { format: 'int64' } } });
  });

  it('has times as times, and no pattern beside them, which clients hold against what is no text', () => {
    const times = [...objectsIn(document)].filter(({ format }) => format === 'date-time');
    expect(times.length).toBeGreaterThan(20);
    expect(times.filter((time) => 'pattern' in time)).toEqual([]);
  });

  it('names nothing as every class of Java and every word of Python is named that clients use beside it', () => {
    const taken = ['Boolean', 'Error', 'Exception', 'Float', 'Integer', 'Iterable', 'List', 'Long', 'Module', 'Number'];
    taken.push('Object', 'Package', 'Process', 'Record', 'Runtime', 'Set', 'String', 'System', 'Thread', 'Void');
    expect(taken.filter((name) => name in document.components.schemas)).toEqual([]);
  });

  it('refers to nothing that is not there', () => {
    const components = (JSON.parse(text) as { components: Record<string, Record<string, unknown>> }).components;
    for (const [, kind, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g))
      expect(components[kind!]?.[name!], `${kind}/${name}`).toBeDefined();
  });

  it('shows of every body and answer what it looks like, and that fits its schema', () => {
    for (const [place, content] of contents)
      for (const [type, { schema, example }] of Object.entries(content)) {
        if (type.startsWith('application/x-tar') || type === 'application/octet-stream') continue;
        expect(example, `${place}, ${type}`).toBeDefined();
        if (schema.$ref !== undefined && type === 'application/json')
          expect(wrongWith(schema.$ref.split('/').at(-1)!, example), place).toBeUndefined();
      }
  });

  it('shows nothing of what is not there', () => {
    const { $ref: _, ...schemas } = document.components.schemas as Record<string, object>;
    for (const name of Object.keys(examples)) expect(schemas).toHaveProperty(name);
  });

  it('says of every answer what it means, and of every call what it may refuse', () => {
    for (const { operationId, responses } of operations) {
      for (const { $ref, description } of Object.values(responses))
        if ($ref === undefined) expect(description, operationId).toMatch(/\w/);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['4XX', '5XX', '503']));
    }
  });

  it('asks for every list alike, and answers what leads on', () => {
    const lists = operations.filter(({ responses }) => {
      const name = responses['200']?.content?.['application/json']?.schema.$ref?.split('/').at(-1);
      return name !== undefined && 'items' in propertiesOf(name);
    });
    expect(lists.length).toBeGreaterThan(10);
    for (const { operationId, parameters = [], responses } of lists.filter(({ requestBody }) => !requestBody)) {
      const asked = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
      expect(asked, operationId).toEqual(expect.arrayContaining(['limit', 'after', 'sort', 'search']));
      expect(
        propertiesOf(responses['200']!.content!['application/json']!.schema.$ref!.split('/').at(-1)!),
      ).toHaveProperty('next');
    }
  });

  it('opens what is answered, and closes what is asked', () => {
    const answered = new Set(
      contents.filter(([place]) => !place.endsWith('body')).flatMap(([, content]) => refs(content)),
    );
    for (const name of answered)
      expect(JSON.stringify(definitions[name]), name).not.toContain('"additionalProperties":false');
    expect(definitions['NewFlow']).toMatchObject({ additionalProperties: false });
  });
});

function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

const refs = (content: Content): string[] =>
  Object.values(content).flatMap(({ schema: { $ref } }) => ($ref === undefined ? [] : [$ref.split('/').at(-1)!]));

it('a schema of requests and answers is there twice where it is closed, and so is what leads to it', () => {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const schemas = {
    Outer: { properties: { inner: ref('Inner'), word: ref('Word') } },
    Inner: { additionalProperties: false },
    Word: { type: 'string' },
  };
  expect(openAnswers(schemas, { requests: [ref('Outer')], answers: [ref('Outer')] })).toEqual({
    requests: [ref('GivenOuter')],
    schemas: {
      GivenOuter: { properties: { inner: ref('GivenInner'), word: ref('Word') } },
      Outer: schemas.Outer,
      GivenInner: { additionalProperties: false },
      Inner: {},
      Word: { type: 'string' },
    },
  });
});
