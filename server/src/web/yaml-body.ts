import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Document, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import { callOf } from './document/calls.ts';
import { decodedText, jsonExcess, refuseWrong } from './json-body.ts';
import { HttpProblem } from './problems.ts';
import { yamlExcess } from './yaml-size.ts';

/** Largest body of YAML, in bytes: reading it takes many times as long as reading JSON. */
const mostYamlBytes = 1024 ** 2;

/**
 * YAML is another way of writing JSON: one document is its value, several are a list. What JSON cannot say is refused, and so is
 * YAML where the list of calls does not say that it is taken.
 */
export const parseYamlBodies = (fastify: FastifyInstance): void => {
  fastify.addContentTypeParser<Buffer>(
    ['application/yaml', 'application/x-yaml', 'text/yaml'],
    { parseAs: 'buffer', bodyLimit: mostYamlBytes },
    async ({ headers, method, routeOptions }: FastifyRequest, body: Buffer) => {
      if (!callOf(method, routeOptions.url)?.takesYaml)
        throw new HttpProblem(415, 'send JSON here, with "Content-Type: application/json"');
      return body.length === 0 ? undefined : yamlValue(decodedText(headers, body));
    },
  );
};

/** Throws a 400 problem that says where it is no YAML, or a 422 problem where it is more than can be read in one go. */
export const yamlValue = (text: string): unknown => {
  const tooMuch = yamlExcess(text);
  if (tooMuch !== undefined) throw new HttpProblem(422, tooMuch);
  const lines = new LineCounter();
  // the parser compares each key with each other, and paints a picture of each place that is wrong
  const options = { uniqueKeys: false, prettyErrors: false, lineCounter: lines } as const;
  const documents = parseAllDocuments(text, { schema: 'core', stringKeys: true, ...options });
  const values = [...documents].map((document) => {
    const [wrong] = document.errors;
    if (wrong) throw noYaml(`${wrong.message}${placeIn(lines, wrong.pos[0])}`);
    refuseDoubledKeys(document, lines);
    return valueOf(() => document.toJS({ maxAliasCount: 100 }) as unknown);
  });
  const present = values.filter((value) => value !== null && value !== undefined);
  const value = present.length === 1 ? present[0] : present;
  const json = JSON.stringify(value, refuseNonNumbers);
  const excess = jsonExcess(json);
  if (excess !== undefined) throw new HttpProblem(422, excess);
  refuseWrong(json);
  return value;
};

const refuseDoubledKeys = (document: Document.Parsed, lines: LineCounter): void =>
  visit(document, {
    Map: (_, { items }) => {
      const names = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (names.has(name))
          throw noYaml(
            `"${String(name)}" is there twice in one object${placeIn(lines, isScalar(key) ? key.range?.[0] : undefined)}`,
          );
        names.add(name);
      }
    },
  });

const placeIn = (lines: LineCounter, offset: number | undefined): string => {
  if (offset === undefined) return '';
  const { line, col } = lines.linePos(offset);
  return ` at line ${line}, column ${col}`;
};

const valueOf = (make: () => unknown): unknown => {
  try {
    return make();
  } catch (cause) {
    throw noYaml((cause as Error).message);
  }
};

const refuseNonNumbers = (name: string, value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw noYaml(`"${name}" is ${value}, which JSON cannot say`);
  return value;
};

const noYaml = (why: string): HttpProblem => new HttpProblem(400, `the body is no YAML that can be used: ${why}`);
