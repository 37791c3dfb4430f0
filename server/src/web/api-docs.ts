import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { about } from '../observability/about.ts';

/** The OpenAPI document of all routes. */
export const apiDocument = (app: INestApplication): OpenAPIObject =>
  SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('SemStreams')
      .setDescription('Everything that the editor does can be done by scripts with these calls.')
      .setVersion(about.version)
      .setLicense('MIT', '')
      .build(),
  );

/** Serves the document and a page to read it, all from this server. */
export const serveApiDocs = (app: INestApplication): void =>
  SwaggerModule.setup('api/docs', app, () => apiDocument(app), {
    jsonDocumentUrl: 'api/docs/openapi.json',
    customSiteTitle: 'SemStreams API',
  });
