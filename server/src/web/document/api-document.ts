import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Problem } from '@semstreams/contract';
import { z } from 'zod';
import { about } from '../../config/about.ts';
import { type AnswerHeader, type Call, calls, type Tag } from './calls.ts';
import { exampleOf } from './examples.ts';
import { openAnswers, simplified } from './open-answers.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { refusalResponses, refusalsOf } from './refusals.ts';

const description = `Everything that the editor does can be done by scripts with these calls.

Within \`/api/v1\` nothing is taken away or changes its meaning. Fields, calls and values of "what it does" may be added: leave aside what you do not know. What a request sends is closed: an unknown field or query parameter is refused by 400, with the nearest right word.

Whatever says no is a problem of RFC 9457 (\`application/problem+json\`). Its \`type\` says of what kind it is and leads to what that means, \`detail\` says what to do next, and \`findings\` where it is wrong, with codes for programs.

Where a login is needed, show a token as \`Authorization: Bearer …\`; \`GET /api/v1/session\` says whether it is. What a call needs is the role that its description ends with.

A draft has a revision, told as \`ETag\`: send it as \`If-Match\` with what builds on it. JSON is taken in UTF-8, up to 4 MB, plain or by \`Content-Encoding: gzip\`. What comes without being asked for (socket.io) is in \`asyncapi.json\` beside this document.`;

const tags: Readonly<Record<Tag, string>> = {
  'Component types': 'What can be placed in a flow.',
  Flows: 'Flows as they are edited, and the versions that were deployed.',
  Running: 'What should run, what does, and looks into it.',
  'Dead letters': 'Messages that can never work where they were.',
  Files: 'Files that flows read and write: the data folder, and those of `files.allowed` and `files.readable`.',
  Backup: 'Everything out, everything in.',
  Access: 'Who may: logging in, users, tokens, and who did what.',
  Operations: 'How the server is.',
};

const headers: Readonly<Record<AnswerHeader, object>> = {
  ETag: {
    description: 'The revision of the draft: send it back as "If-Match" or "If-None-Match".',
    schema: { type: 'string', example: '"7"' },
  },
  Location: {
    description: 'Where it is from now on.',
    schema: { type: 'string', format: 'uri-reference', example: '/api/v1/flows/climb' },
  },
  'Content-Disposition': {
    description: 'A name for the file.',
    schema: { type: 'string', example: 'attachment; filename="semstreams-20260301T120000Z.tar"' },
  },
  'WWW-Authenticate': { description: 'How to show who asks.', schema: { type: 'string', example: 'Bearer' } },
  'Set-Cookie': {
    description: 'What the browser shows from now on; no script of a page reads it.',
    schema: { type: 'string', example: 'semstreams=…; Path=/; HttpOnly; SameSite=Strict' },
  },
  'Retry-After': {
    description: 'Seconds after which it is worth asking again.',
    schema: { type: 'integer', format: 'int64', minimum: 0, example: 5 },
  },
};

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'A token that somebody made for a script.' },
  session: { type: 'apiKey', in: 'cookie', name: 'semstreams', description: 'What a browser has after logging in.' },
};
/** Neither is needed while nobody has to log in. */
const shown = [{ token: [] }, { session: [] }];

/** The OpenAPI document of all routes: what their handlers say, and what the list of calls says of them. */
export const apiDocument = (app: INestApplication): OpenAPIObject => {
  const builder = new DocumentBuilder()
    .setTitle('SemStreams')
    .setDescription(description)
    .setVersion(about.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server');
  for (const [tag, text] of Object.entries(tags)) builder.addTag(tag, text);
  const { contact: _, ...info } = builder.build().info;
  return completed({ ...simplified(SwaggerModule.createDocument(app, builder.build())), info });
};

const completed = (document: OpenAPIObject): OpenAPIObject => {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    paths[path] = {};
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const call = calls[`${method.toUpperCase()} ${path}`];
      if (!call) throw new Error(`the list of calls lacks ${method.toUpperCase()} ${path}`);
      const parameters = parametersOf(path, operation.parameters ?? [], document.components?.schemas ?? {});
      paths[path][method] = operationOf({ ...operation, parameters }, call);
    }
  }
  const operations = Object.values(paths).flatMap((each) => Object.values(each));
  const { schemas, requests } = openAnswers(
    { ...document.components?.schemas, ...problemSchemas() },
    {
      requests: operations.map(({ requestBody, parameters }) => ({ requestBody, parameters })),
      answers: [operations.map(({ responses }) => responses), refusalResponses],
    },
  );
  for (const [index, given] of (requests as readonly Partial<Operation>[]).entries())
    Object.assign(operations[index]!, withoutUndefined(given));
  return {
    ...document,
    security: [],
    paths,
    components: { schemas, responses: refusalResponses, headers, securitySchemes },
  } as OpenAPIObject;
};

/** The schemas of problems: no handler says that it answers by one. */
const problemSchemas = (): Record<string, unknown> => {
  const { definitions } = z.toJSONSchema(z.object({ problem: Problem }), { target: 'openapi-3.0' });
  const text = JSON.stringify(definitions).replaceAll('#/definitions/', '#/components/schemas/');
  return simplified(JSON.parse(text) as Record<string, unknown>);
};

interface Content {
  readonly schema?: unknown;
  readonly example?: unknown;
}
interface Answer {
  readonly description?: string;
  readonly content?: Record<string, Content>;
}
interface Operation {
  readonly description?: string;
  readonly requestBody?: { readonly content: Record<string, Content>; readonly required?: boolean };
  readonly parameters?: readonly Parameter[];
  readonly responses: Record<string, Answer>;
}

/** What answers mean where nothing else is said. */
const usual: Readonly<Record<string, string>> = {
  200: 'As it is now.',
  201: 'It is kept.',
  202: 'It is what should be from now on.',
  204: 'It is gone.',
};

const operationOf = (
  operation: Operation,
  { id, tag, needs, refusals, headers: told = {}, bodyIsOptional }: Call,
): Operation => {
  const answers = Object.entries(operation.responses).map(([status, { content, ...response }]) => [
    status,
    {
      ...response,
      description: response.description || (usual[status] ?? 'The answer.'),
      ...(content ? { content: withExamples(content) } : {}),
      ...headersOf(told[Number(status)]),
    },
  ]);
  return {
    ...operation,
    description: [operation.description, needs === 'nothing' ? 'Needs no login.' : `Needs the role ${needs}.`]
      .filter(Boolean)
      .join(' '),
    ...{ operationId: id, tags: [tag], security: needs === 'nothing' ? [] : shown },
    ...(operation.requestBody
      ? { requestBody: { required: bodyIsOptional !== true, content: withExamples(operation.requestBody.content) } }
      : {}),
    responses: {
      ...refusalsOf(needs === 'nothing' ? refusals : [401, ...refusals]),
      ...(Object.fromEntries(answers) as Operation['responses']),
    } as Operation['responses'],
  };
};

const headersOf = (names: readonly AnswerHeader[] | undefined) =>
  names ? { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) } : {};

const withExamples = (content: Readonly<Record<string, Content>>): Record<string, Content> =>
  Object.fromEntries(
    Object.entries(content).map(([type, media]) => {
      const example = media.example ?? exampleOf(media.schema, type);
      // what is told as a table has no schema of objects
      const schema = type === 'text/csv' ? { schema: { type: 'string' } } : {};
      return [type, { ...media, ...schema, ...(example === undefined ? {} : { example }) }];
    }),
  );

const withoutUndefined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Value;
