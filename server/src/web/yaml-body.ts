import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseAllDocuments } from 'yaml';
import { decodedText, jsonExcess, refuseWrong } from './json-body.ts';
import { HttpProblem } from './problems.ts';

/** Largest body of YAML, in bytes: reading it takes many times as long as reading JSON. */
const mostYamlBytes = 1024 ** 2;

/** YAML is another way of writing JSON: one document is its value, several are a list. What JSON cannot say is refused. */
export const parseYamlBodies = (fastify: FastifyInstance): void => {
  fastify.addContentTypeParser<Buffer>(
    ['application/yaml', 'application/x-yaml', 'text/yaml'],
    { parseAs: 'buffer', bodyLimit: mostYamlBytes },
    async ({ headers }: FastifyRequest, body: Buffer) =>
      body.length === 0 ? undefined : yamlValue(decodedText(headers, body)),
  );
};

/** Throws a 400 problem that says where it is no YAML. */
export const yamlValue = (text: string): unknown => {
  const documents = parseAllDocuments(text, { schema: 'core', uniqueKeys: true, stringKeys: true, prettyErrors: true });
  const values = [...documents].map((document) => {
    const [error] = document.errors;
    if (error) throw noYaml(error.message.split('\n', 1)[0]!);
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
