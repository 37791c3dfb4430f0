import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { AccessModule } from '../access/access.module.ts';
import { SettingsModule } from '../config/settings.module.ts';
import { settingsOf } from '../config/settings.ts';
import { oldestTls } from './certificate.ts';
import { createApp } from './create-app.ts';

@Controller()
class Greeting {
  @Get('metrics')
  metrics(): string {
    return 'numbers';
  }
}
@Controller('api/v1/flows/:id/connections/:from/tap')
class Messages {
  @Get()
  tap(): string {
    return 'messages';
  }
}
@Module({ controllers: [Greeting, Messages] })
class GreetingModule {}

const folder = mkdtempSync(join(tmpdir(), 'semstreams-tls-'));
const file = (name: string) => join(folder, name);
const pem = (name: string) => readFileSync(file(name), 'utf8');

beforeAll(() => {
  for (const name of ['first', 'second'])
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7']
        .concat(['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)])
        .concat(['-subj', `/CN=${name}`]),
      { stdio: 'ignore' },
    );
});
afterAll(() => rmSync(folder, { recursive: true }));

const started = async (environment: Record<string, string>) => {
  const settings = settingsOf(
    loadSettings({ SEMSTREAMS_SECRETS_DIR: '', SEMSTREAMS_DATA_DIR: folder, ...environment }, undefined, () => '')
      .values,
  );
  const imports = [SettingsModule.of(settings), AccessModule];
  const app = await createApp({ module: GreetingModule, imports }, settings, false);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, server: app.getHttpServer() as Server, port: (app.getHttpServer().address() as AddressInfo).port };
};

const withTls = () => ({
  SEMSTREAMS_TLS_ENABLED: 'true',
  SEMSTREAMS_TLS_CERT_FILE: file('first.crt'),
  SEMSTREAMS_TLS_KEY_FILE: file('first.key'),
});

const opened = async (port: number, options = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () => resolve(socket));
    socket.once('error', reject);
  });
const shownBy = (socket: TLSSocket): unknown => socket.getPeerCertificate().subject.CN;
const answerOver = async (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (chunk) => resolve(chunk.toString()));
    socket.write('GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  });

it('shows a new certificate to new connections and keeps the old ones', async () => {
  const { app, server, port } = await started(withTls());
  const before = await opened(port);
  server.setSecureContext({ cert: pem('second.crt'), key: pem('second.key'), minVersion: oldestTls });
  const after = await opened(port);
  expect([shownBy(before), shownBy(after)]).toEqual(['first', 'second']);
  expect(await answerOver(before)).toMatch(/^HTTP\/1\.1 200 [^]*numbers/);
  await expect(opened(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
  for (const socket of [before, after]) socket.destroy();
  await app.close();
});

it.each([
  [{}, /strict-transport-security: max-age=86400\r\n/i],
  [{ SEMSTREAMS_TLS_HSTS: '0s' }, /^(?![^]*strict-transport-security)/i],
])('asks browsers to insist on TLS as %j says', async (environment, expected) => {
  const { app, port } = await started({ ...withTls(), ...environment });
  const socket = await opened(port);
  expect(await answerOver(socket)).toMatch(expected);
  socket.destroy();
  await app.close();
});

it('serves the metrics under the path that the settings name', async () => {
  const { app, port } = await started({ SEMSTREAMS_METRICS_PATH: '/numbers' });
  const answer = await fetch(`http://127.0.0.1:${port}/numbers`);
  expect([answer.status, answer.headers.has('strict-transport-security'), await answer.text()]).toEqual([
    200,
    false,
    'numbers',
  ]);
  await app.close();
});

it.each([
  ['localhost', '/api/v1/flows/a/connections/b/tap', 200],
  ['evil.example', '/api/v1/flows/a/connections/b/tap?to=c', 403],
  ['evil.example', '/metrics', 200],
])('answers to whoever asks %s for %s with %i', async (host, path, status) => {
  const { app, port } = await started({});
  const answer = await app.inject({ url: path, headers: { host: `${host}:${port}` } });
  expect(answer.statusCode).toBe(status);
  await app.close();
});

it('lets pages load and reach nothing but this server, and be shown within no other', async () => {
  const { app, port } = await started({});
  try {
    const { headers } = await fetch(`http://127.0.0.1:${port}/metrics`);
    const policy = (headers.get('content-security-policy') ?? '').split(';').map((part) => part.trim());
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    // styles alone may stand within the page: the ui sets them as attributes
    expect(policy.filter((part) => /unsafe|\*|https?:|wss?:/.test(part))).toEqual(["style-src 'self' 'unsafe-inline'"]);
  } finally {
    await app.close();
  }
});
