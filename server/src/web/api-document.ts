import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { about } from '../config/about.ts';

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
