import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem, problemTypes } from '@semstreams/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from './running-server.ts';
import { type Schema, type Schemas, valuesOf, wordsOf } from './web/document/requests-of.contract.ts';

/**
 * Requests made up from the document, for every call: none is answered by 500, by a status, a type of content or a header that
 * the document does not have, or by JSON that it does not describe. `API_SEED` repeats it. `API_REQUESTS=50000` sends so many
 * after the usual ones, and holds the memory of the server and the slowest answer against bounds, too: on a machine of its own.
 */
const seed = Number(process.env['API_SEED'] ?? Date.now() % 2 ** 31);
const atLength = Number(process.env['API_REQUESTS'] ?? 0);
/** Of a server that has answered each call a few times already, in megabytes. */
const mostGrowth = 128;
const slowestMs = 1000;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
interface Answered {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
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
    })
    .filter(({ url }) => isSentAsItIs(url));
};

/** A place that is "." or ".." is taken out of an address before it is sent: it is the address of something else then. */
const isSentAsItIs = (url: string): boolean => new URL(url, 'http://localhost').pathname === url.split('?')[0];

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

/** What every answer has: of HTTP itself, and what browsers are told. */
const usualHeaders =
  /^(content-(type|length|security-policy)|date|connection|keep-alive|transfer-encoding|cache-control|cross-origin-.*|origin-agent-cluster|referrer-policy|x-.*)$/;
const undocumented = (headers: Headers, said: Answered | undefined): string[] => {
  const documented = new Set(Object.keys(said?.headers ?? {}).map((name) => name.toLowerCase()));
  return [...headers.keys()].filter((name) => !usualHeaders.test(name) && !documented.has(name));
};

let server: RunningServer;
let authorization: string;
const as = () => ({ authorization });
beforeAll(async () => {
  const password = 'correct horse battery';
  server = await startServer({ SEMSTREAMS_LOGIN: 'always', SEMSTREAMS_ADMIN_PASSWORD: password });
  const login = await server.call('POST', '/api/v1/session', { user: 'admin', password });
  const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
  const wanted = { name: 'made-up', role: 'administrator' };
  const made = await server.call('POST', '/api/v1/tokens', wanted, { cookie });
  authorization = `Bearer ${(made.body as { token: string }).token}`;
});
afterAll(async () => {
  await server.end();
});

/** Some requests find something: made again, since others remove it. */
const makeWhatIsThere = async () => {
  const flow = {
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 1 } },
      { id: 'file', type: 'file_output', config: { path: 'fuzzed.ndjson' } },
    ],
  };
  for (const id of ['fuzzed', 'other'])
    expect([201, 409]).toContain((await server.call('POST', '/api/v1/flows', { id, ...flow }, as())).status);
  await server.call('POST', '/api/v1/flows/fuzzed/deploy?wait=10s', undefined, as());
};

/** How much memory the server has, in megabytes. */
const memory = () => {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))!;
  return Number(kilobytes) / 1024;
};
const memoryAfter: number[] = [];
let slowest = { ms: 0, url: '' };

const timed = async (url: string, init: RequestInit) => {
  const start = performance.now();
  const answer = await fetch(new URL(url, server.url), init);
  const text = await answer.text();
  const ms = performance.now() - start;
  if (ms > slowest.ms) slowest = { ms, url: `${init.method} ${url}` };
  return { answer, text };
};

const passes = [{ pass: 'a few', numRuns: 8 }];
if (atLength > 0) passes.push({ pass: `${atLength}`, numRuns: Math.ceil(atLength / calls.length) });

describe.each(passes)(`$pass requests made up from the document (API_SEED=${seed})`, ({ numRuns }) => {
  beforeAll(makeWhatIsThere);
  afterAll(() => {
    memoryAfter.push(memory());
  });

  it.each(calls)('%s is answered as the document says', { timeout: 900_000 }, async (_, method, path, operation) => {
    await fc.assert(
      fc.asyncProperty(requestsFor(path, operation), async ({ url, headers, body }) => {
        const told = { ...headers, ...as() };
        const { answer, text } = await timed(url, { method, headers: told, ...(body === undefined ? {} : { body }) });
        expect(answer.status, text).not.toBe(500);
        const said = described(operation, answer.status);
        expect(said, `${answer.status} is not documented: ${text}`).toBeDefined();
        expect(undocumented(answer.headers, said), `${answer.status}`).toEqual([]);
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

describe.runIf(atLength > 0)('at length', () => {
  // the pass before this one was long, the one before that was short and has warmed the server up
  it('the memory of the server stays, and no answer takes long', () => {
    const [before, after] = [memoryAfter[0]!, memoryAfter[1]!].map(Math.round);
    console.log(`memory ${before} MB, then ${after} MB; the slowest took ${Math.round(slowest.ms)} ms: ${slowest.url}`);
    expect(after! - before!).toBeLessThan(mostGrowth);
    expect(slowest.ms, slowest.url).toBeLessThan(slowestMs);
  });
});
