import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem, problemTypes } from '@semstreams/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from './running-server.ts';
import { type Schema, type Schemas, valuesOf, wordsOf } from './web/document/requests-of.contract.ts';

/**
 * Requests made up from the document, for every call: none is answered by 500, by a status or a type of content that the
 * document does not have, or by JSON that it does not describe. `API_SEED` and `API_REQUESTS` (for each call) repeat and prolong it.
 */
const seed = Number(process.env['API_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['API_REQUESTS'] ?? 8);

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
interface Answered {
  readonly $ref?: string;
  readonly content?: Content;
}
interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Answered>>;
}
const document = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../docs/reference/openapi.json'), 'utf8'),
) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas; readonly responses: Readonly<Record<string, Answered>> };
};
const { schemas, responses } = document.components;

/** Answers without an end, which one test each is about. */
const endless = new Set(['tapConnection', 'listenToEvents']);
const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations)
    .filter(([, { operationId }]) => !endless.has(operationId))
    .map(([method, operation]) => [operation.operationId, method.toUpperCase(), path, operation] as const),
);

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Names of what is there, so that some requests find something. */
const present: Readonly<Record<string, readonly string[]>> = {
  id: ['fuzzed', 'fuzzed', 'other'],
  component: ['source'],
  from: ['source.out'],
  type: ['json_filter'],
  version: ['1'],
  sequence: ['1'],
  wait: ['0ms', '20ms'],
};

const wordFor = ({ name, schema }: Parameter): fc.Arbitrary<string> => {
  const known = present[name];
  if (name === 'wait' && known) return fc.constantFrom(...known);
  return known ? fc.oneof(fc.constantFrom(...known), wordsOf(schema, schemas)) : wordsOf(schema, schemas);
};

const headerText = /^[\t\x20-\x7e]*$/;

const requestsFor = (path: string, { parameters, requestBody }: Operation): fc.Arbitrary<Sent> => {
  const at = (place: Parameter['in']) => parameters.filter((each) => each.in === place);
  const words = (place: Parameter['in'], requiredKeys: string[] = []) =>
    fc.record(Object.fromEntries(at(place).map((each) => [each.name, wordFor(each)])), { requiredKeys });
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const body = !media
    ? fc.constant(undefined)
    : type === 'application/json'
      ? fc.oneof(
          { weight: 3, arbitrary: fc.constant(JSON.stringify(media.example)) },
          { weight: 9, arbitrary: valuesOf(media.schema, schemas).map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
        )
      : fc.string({ unit: 'binary', maxLength: 600 });
  const inPath = words(
    'path',
    at('path').map(({ name }) => name),
  );
  return fc
    .record({ inPath, query: words('query'), head: words('header'), body })
    .map(({ inPath: places, query, head, body: sent }) => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(Buffer.from(places[name]!).toString() || '-'),
      );
      const asked = new URLSearchParams(query as Record<string, string>).toString();
      const told = Object.entries(head as Record<string, string>).filter(([, text]) => headerText.test(text));
      return {
        url: `${filled}${asked === '' ? '' : `?${asked}`}`,
        headers: { ...Object.fromEntries(told), ...(sent === undefined ? {} : { 'content-type': type! }) },
        body: sent,
      };
    });
};

const definitions = JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/definitions/')) as object;
const shapes = new Map<string, z.ZodType>();
/** What checks a value against a schema of the document. */
const shapeOf = (schema: Schema): z.ZodType => {
  const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/definitions/');
  const known = shapes.get(text);
  if (known) return known;
  const made = z.fromJSONSchema({ ...(JSON.parse(text) as object), definitions } as never, {
    defaultTarget: 'openapi-3.0',
  });
  shapes.set(text, made);
  return made;
};

/** What the document says of an answer with this status. */
const described = (operation: Operation, status: number): Answered | undefined => {
  const found = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  return found?.$ref === undefined ? found : responses[found.$ref.split('/').at(-1)!];
};

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  const flow = {
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 1 } },
      { id: 'file', type: 'file_output', config: { path: 'fuzzed.ndjson' } },
    ],
  };
  for (const id of ['fuzzed', 'other'])
    expect((await server.call('POST', '/api/v1/flows', { id, ...flow })).status).toBe(201);
  await server.call('POST', '/api/v1/flows/fuzzed/deploy?wait=10s');
});
afterAll(async () => {
  await server.end();
});

describe(`requests made up from the document (API_SEED=${seed})`, () => {
  it.each(calls)('%s is answered as the document says', async (_, method, path, operation) => {
    await fc.assert(
      fc.asyncProperty(requestsFor(path, operation), async ({ url, headers, body }) => {
        const answer = await fetch(new URL(url, server.url), {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
        });
        const text = await answer.text();
        expect(answer.status, text).not.toBe(500);
        const said = described(operation, answer.status);
        expect(said, `${answer.status} is not documented: ${text}`).toBeDefined();
        const type = answer.headers.get('content-type')?.split(';')[0];
        if (said?.content === undefined) {
          expect(text).toBe('');
          return;
        }
        expect(Object.keys(said.content)).toContain(type);
        if (answer.status >= 400 && type === 'application/problem+json') {
          const problem = Problem.parse(JSON.parse(text));
          expect([problem.status, problemTypes]).toEqual([answer.status, expect.arrayContaining([problem.type])]);
        } else if (type === 'application/json') shapeOf(said.content[type]!.schema).parse(JSON.parse(text));
      }),
      { seed, numRuns, endOnFailure: true },
    );
  });

  it('have broken nothing', async () => {
    expect(server.process.exitCode).toBeNull();
    expect((await server.call('GET', '/health/live')).status).toBe(200);
    expect(server.output()).not.toContain('a request failed');
  });
});
