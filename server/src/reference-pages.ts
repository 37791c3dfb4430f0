import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { loadAllDefinitions } from './catalogue/load-definition.ts';
import { componentReference } from './catalogue/component-reference.ts';
import { mavlinkReference } from './component-kit/mavlink/reference-page.ts';
import { nmeaReference } from './component-kit/nmea/reference-page.ts';
import { configurationReference } from './config/configuration-reference.ts';
import { loadSettings } from './config/load-settings.ts';
import { settingsOf } from './config/settings.ts';
import { apiDocument } from './web/document/api-document.ts';
import { asyncDocument } from './web/document/async-document.ts';
import { problemReference } from './web/problem-page.ts';

/** The application is only looked at: in a preview nothing of it is made, so neither NATS nor a port is needed. */
const openapi = async (): Promise<string> => {
  const settings = settingsOf(loadSettings({}, undefined, () => '').values);
  const app = await NestFactory.create(AppModule.with(settings), new FastifyAdapter(), {
    logger: false,
    preview: true,
  });
  return `${JSON.stringify(apiDocument(app), null, 2)}\n`;
};

/** The generated reference files, by what they are called on the command line. */
export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  openapi,
  asyncapi: () => `${JSON.stringify(asyncDocument(), null, 2)}\n`,
  components: async () => componentReference(await loadAllDefinitions()),
  configuration: configurationReference,
  mavlink: mavlinkReference,
  nmea: nmeaReference,
  problems: problemReference,
};
