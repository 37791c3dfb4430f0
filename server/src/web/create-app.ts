import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { livePath } from '@semstreams/contract';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access.ts';
import { Audit } from '../access/audit.ts';
import type { Settings } from '../config/settings.ts';
import type { SettingsValues } from '../config/settings.schema.ts';
import { SchemaPipe } from './body-pipe.ts';
import { oldestTls, readCertificate } from './certificate.ts';
import { serveApiDocs } from './api-docs.ts';
import { answerElsewhere, pathOf, type SendPage } from './elsewhere.ts';
import { answerToTheEnd } from './ending.ts';
import { guardCalls } from './guard.ts';
import { answerWrong, declineUpgrades, httpLimits, limitConnections, serverOptions } from './http-limits.ts';
import { mostJsonBytes, parseJsonBodies } from './json-body.ts';
import { KnownQuery } from './known-query.ts';
import { answerOddRequests } from './odd-requests.ts';
import { ProblemFilter } from './problem-filter.ts';
import { problemBody } from './problems.ts';
import { parseYamlBodies } from './yaml-body.ts';

/** The application with all that stands between it and the network. Nothing listens yet. */
export const createApp = async (
  module: DynamicModule,
  settings: Settings,
  logger: LoggerService | false,
): Promise<NestFastifyApplication> => {
  const { tls, metrics } = settings.values;
  const node = serverOptions(httpLimits);
  const listener = tls.enabled
    ? { https: { ...node, handshakeTimeout: httpLimits.headMs, ...pemOf(tls), minVersion: oldestTls } }
    : { http: node };
  const rewriteUrl = ({ url = '/' }: { url?: string | undefined }) =>
    pathOf(url) === metrics.path ? `/metrics${url.slice(metrics.path.length)}` : url;
  const adapter = new FastifyAdapter({
    bodyLimit: mostJsonBytes,
    ...listener,
    keepAliveTimeout: httpLimits.idleMs,
    requestTimeout: httpLimits.wholeUploadMs,
    clientErrorHandler: answerWrong,
    rewriteUrl,
    frameworkErrors: answerUnroutable,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: longestParameter },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // by then flows have drained: browsers keep lines open on which they may never ask
    forceCloseConnections: true,
    // it has no words for it
    return503OnClosing: false,
  });
  // JSON alone is parsed: forms and plain text are what pages of others can send unasked
  const options = { logger, abortOnError: false, bodyParser: false };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, options);
  adapter.getInstance().removeContentTypeParser('text/plain');
  parseJsonBodies(adapter.getInstance());
  parseYamlBodies(adapter.getInstance());
  // backups come as they are, and are not held in memory
  adapter
    .getInstance()
    .addContentTypeParser(['application/x-tar', 'application/octet-stream'], (_, payload, done) => done(null, payload));
  limitConnections(adapter.getInstance(), httpLimits);
  answerOddRequests(adapter.getInstance());
  answerToTheEnd(adapter.getInstance());
  declineUpgrades(app.getHttpServer() as Server, ({ url }) => url?.startsWith(`${livePath}/`) === true);
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalGuards(new KnownQuery());
  app.useGlobalPipes(new SchemaPipe());
  await guard(app, settings);
  answerElsewhere(adapter.getInstance(), sendPage);
  await serveApiDocs(app);
  await serveUi(app);
  return app;
};

/** Bodies are checked by the pipe, with the schemas of the contract. So Fastify need not load compilers for its own kind. */
const noSchemas = (): never => {
  throw new Error('a route has a schema of Fastify: give it one of the contract');
};

/** Two ends of a connection, written as they are longest, fit into it. */
const longestParameter = 256;

/** An address that nothing can be looked for at. */
const answerUnroutable = (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  const [status, detail] =
    thrown.statusCode === 414
      ? ([414, `a part of the address is longer than ${longestParameter} characters`] as const)
      : ([400, 'the address is not percent-encoded as it should be'] as const);
  void reply
    .status(status)
    .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .type('application/problem+json')
    .send(problemBody(status, detail, request.url));
};

const pemOf = (tls: SettingsValues['tls']): { cert: string; key: string } => {
  const { cert, key } = readCertificate(tls);
  return { cert, key };
};

const guard = async (app: NestFastifyApplication, settings: Settings): Promise<void> => {
  const fastify = app.getHttpAdapter().getInstance();
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        // React writes style attributes; nothing else is loosened
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: strictTransport(settings.values.tls),
  });
  guardCalls(fastify, {
    access: app.get(Access),
    audit: app.get(Audit),
    allowedHosts: () => settings.values.allowed_hosts,
  });
};

/** For this host name alone: what lies under it may be other machines, and may speak without TLS. */
const strictTransport = ({ enabled, hsts }: SettingsValues['tls']) =>
  enabled && hsts > 0 && { maxAge: Math.round(hsts / 1000), includeSubDomains: false };

/** Folder of the built ui, beside the built server or beside its sources. */
const uiFolder = ['../../ui/dist', '../../../ui/dist']
  .map((path) => join(import.meta.dirname, path))
  .find((path) => existsSync(join(path, 'index.html')));

const sendPage: SendPage =
  uiFolder === undefined
    ? undefined
    : (reply) => reply.header('cache-control', 'no-cache').sendFile('index.html', uiFolder);

/** The files of the built ui. */
const serveUi = async (app: NestFastifyApplication): Promise<void> => {
  if (uiFolder !== undefined)
    await app.register(
      fastifyStatic as never,
      {
        root: uiFolder,
        wildcard: false,
        index: false,
        cacheControl: false,
        preCompressed: true,
        setHeaders: (reply: FastifyReply, path: string) =>
          void reply.header(
            'cache-control',
            path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
          ),
      } as never,
    );
};
