import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Controller, type DynamicModule, Get, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { afterAll, expect, it } from 'vitest';
import { AccessModule } from './access/access.module.ts';
import { AppModule } from './app.module.ts';
import { loadSettings } from './config/load-settings.ts';
import { SettingsModule } from './config/settings.module.ts';
import { settingsOf } from './config/settings.ts';
import { calls } from './web/document/calls.ts';
import { createApp } from './web/create-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-routes-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** NATS is never there, so nothing is started; and flows begin only when a server has its port. */
const settings = settingsOf(
  loadSettings(
    { SEMSTREAMS_DATA_DIR: folder, SEMSTREAMS_SECRETS_DIR: '', SEMSTREAMS_NATS_URL: 'nats://127.0.0.1:1' },
    undefined,
    () => '',
  ).values,
);

/** The routes of the controllers as Fastify has them, such as `GET /api/v1/flows/{id}`. */
const routesOf = async (module: DynamicModule): Promise<string[]> => {
  const app = await createApp(module, settings, false);
  const routes: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat())
        if (each !== 'HEAD') routes.push(`${each} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
  await app.init();
  await app.close();
  return routes;
};

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const differences = (routes: readonly string[], { paths }: ApiDocument): string[] => {
  const documented = Object.entries(paths).flatMap(([path, calls]) =>
    Object.keys(calls).map((method) => `${method.toUpperCase()} ${path}`),
  );
  return [
    ...routes.filter((route) => !documented.includes(route)).map((route) => `${route} is in no document`),
    ...documented.filter((call) => !routes.includes(call)).map((call) => `${call} is documented and not there`),
  ];
};

it('every route is in the committed document of the API, and every call of the document is a route', async () => {
  const document = readFileSync(resolve(import.meta.dirname, '../../docs/reference/openapi.json'), 'utf8');
  const routes = await routesOf(AppModule.with(settings));
  expect(routes).toContain('GET /api/v1/flows/{id}');
  expect(differences(routes, JSON.parse(document) as ApiDocument)).toEqual([]);
  expect(Object.keys(calls).toSorted()).toEqual(routes.toSorted());
});

@ApiExcludeController()
@Controller('api/v1')
class HiddenController {
  @Get('hidden/:id')
  look(): string {
    return 'nobody knows';
  }
}
@Module({ controllers: [HiddenController] })
class HiddenModule {}

it('a route that nobody documents is seen, and so is a call that leads nowhere', async () => {
  const routes = await routesOf({ module: HiddenModule, imports: [SettingsModule.of(settings), AccessModule] });
  expect(differences(routes, { paths: { '/api/v1/gone': { post: {} } } })).toEqual([
    'GET /api/v1/hidden/{id} is in no document',
    'POST /api/v1/gone is documented and not there',
  ]);
});
