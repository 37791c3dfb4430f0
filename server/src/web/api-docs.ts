import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problemPage } from '@semstreams/contract';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>SemStreams API</title>
    <link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/open-document.js"></script>
  </body>
</html>
`;
const openDocument = "SwaggerUIBundle({ url: '/api/docs/openapi.json', dom_id: '#api', deepLinking: true });\n";

/**
 * Serves the OpenAPI document and a page to read it, all from this server. What makes them is loaded when somebody asks
 * for the first time: most servers are never asked.
 */
export const serveApiDocs = async (app: NestFastifyApplication): Promise<void> => {
  const fastify = app.getHttpAdapter().getInstance();
  let document: Promise<string> | undefined;
  fastify.get('/api/docs', async (_, reply) => reply.type('text/html').send(page));
  fastify.get(problemPage, async (_, reply) =>
    reply.type('text/html').send((await import('./problem-page.ts')).problemHtml()),
  );
  fastify.get('/api/docs/open-document.js', async (_, reply) => reply.type('text/javascript').send(openDocument));
  fastify.get('/api/docs/openapi.json', async (_, reply) =>
    reply.type('application/json').send(await (document ??= documentOf(app))),
  );
  fastify.get('/api/docs/asyncapi.json', async (_, reply) =>
    reply.type('application/json').send((await import('./document/async-document.ts')).asyncDocument()),
  );
  const root = pageFiles();
  if (root !== undefined)
    await app.register(
      fastifyStatic as never,
      { root, prefix: '/api/docs/', decorateReply: false, index: false } as never,
    );
};

const documentOf = async (app: INestApplication): Promise<string> => {
  const { apiDocument } = await import('./document/api-document.ts');
  return JSON.stringify(apiDocument(app));
};

/** Folder of the page's scripts and styles: files for browsers, that are no part of the bundle. A server without them runs. */
const pageFiles = (): string | undefined => {
  try {
    return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui.css'));
  } catch {
    return undefined;
  }
};
