import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { readSettings } from './config/read-settings.ts';
import { settingsOf } from './config/settings.ts';
import { reloadOnChange } from './reload.ts';
import type { Certificate } from './web/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-reload-'));
const file = (name: string) => join(folder, name);
const makeCertificate = () =>
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7'].concat([
      '-keyout',
      file('server.key'),
      '-out',
      file('server.crt'),
      '-subj',
      '/CN=edge',
    ]),
    { stdio: 'ignore' },
  );
const keep = (settings: unknown) => writeFileSync(file('config.json'), JSON.stringify(settings));
const tls = { enabled: true, cert_file: file('server.crt'), key_file: file('server.key') };

beforeAll(makeCertificate);
afterAll(() => rmSync(folder, { recursive: true }));

let end = () => {};
afterEach(() => end());

const reloading = (first: unknown) => {
  keep(first);
  const loaded = readSettings(file('config.json'));
  const settings = settingsOf(loaded.values);
  const said: unknown[] = [];
  const note = (fields: unknown) => said.push(fields);
  const levels: string[] = [];
  const certificates: Certificate[] = [];
  const log = { log: note, warn: note, error: note, setLevel: (level: string) => levels.push(level) };
  end = reloadOnChange({
    settings,
    loaded,
    configOption: file('config.json'),
    log,
    useCertificate: (certificate) => certificates.push(certificate),
  });
  return { settings, said, levels, certificates };
};
const hangUp = () => process.emit('SIGHUP');

it('takes a changed file by SIGHUP, and says what waits for a restart', () => {
  const { settings, said, levels } = reloading({ port: 8080, log_level: 'info' });
  keep({ port: 9090, log_level: 'debug' });
  hangUp();
  expect([settings.values.log_level, settings.values.port, levels]).toEqual(['debug', 8080, ['debug']]);
  expect(said).toEqual([
    { msg: 'settings were changed and are in force', settings: ['log_level'] },
    { msg: 'settings were changed and need a restart', settings: ['port'] },
  ]);
});

it('leaves all as it is where the changed file is broken', () => {
  const { settings, said } = reloading({ log_level: 'info' });
  writeFileSync(file('config.json'), '{');
  hangUp();
  expect([settings.values.log_level, said]).toEqual([
    'info',
    [
      {
        msg: 'a change cannot be used; all stays as it was',
        reason: expect.stringContaining(`"${file('config.json')}" is not JSON`),
      },
    ],
  ]);
});

it('notices by itself that the file changed', async () => {
  const { settings } = reloading({ metrics: { enabled: true } });
  keep({ metrics: { enabled: false } });
  await vi.waitFor(() => expect(settings.values.metrics.enabled).toBe(false), { timeout: 15_000 });
});

it('takes a renewed certificate, and not one whose key does not belong to it', () => {
  const { certificates, said } = reloading({ tls });
  hangUp();
  expect(certificates).toEqual([]);
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file('server.key')]);
  hangUp();
  expect([certificates, said.length]).toEqual([[], 1]);
  makeCertificate();
  hangUp();
  expect(certificates.map(({ cert }) => cert.startsWith('-----BEGIN CERTIFICATE'))).toEqual([true]);
});
