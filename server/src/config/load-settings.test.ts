import { describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.ts';
import type { SettingsValues } from './settings.schema.ts';

const files: Readonly<Record<string, string>> = {
  '/run/secrets/nats': 'secret\n',
  '/vault/nats_password': 'vaulted\n',
};
const read = (path: string) => {
  const text = files[path];
  if (text === undefined)
    throw Object.assign(new Error(`no ${path}`), { code: path === '/locked/nats_token' ? 'EACCES' : 'ENOENT' });
  return text;
};
const load = (environment: Record<string, string>, file?: unknown) =>
  loadSettings(
    environment,
    file === undefined
      ? undefined
      : { path: 'config.json', text: typeof file === 'string' ? file : JSON.stringify(file) },
    read,
  );

/** The `config.json` that the deployment guide prints. */
const guide = {
  port: 8080,
  log_level: 'info',
  nats: { url: 'nats://nats:4222' },
  metrics: { enabled: true, port: 8080, path: '/metrics' },
};

describe('settings', () => {
  it('have defaults for everything', () => {
    const { values } = load({});
    expect([values.host, values.port, values.shutdown_timeout, values.metrics.path, values.nats.url]).toEqual([
      '127.0.0.1',
      8080,
      10_000,
      '/metrics',
      '',
    ]);
  });

  it('take the file of the guide, and its variables before the file', () => {
    const { values, origins } = load(
      { SEMSTREAMS_NATS_URL: 'nats://b:4222', SEMSTREAMS_METRICS_ENABLED: 'false' },
      guide,
    );
    expect([values.nats.url, values.metrics.enabled, values.log_level]).toEqual(['nats://b:4222', false, 'info']);
    expect(['nats.url', 'log_level', 'host'].map((path) => origins.get(path))).toEqual([
      'SEMSTREAMS_NATS_URL',
      'file',
      'default',
    ]);
  });

  it('read a secret from the file that a variable names', () => {
    expect(load({ SEMSTREAMS_NATS_PASSWORD_FILE: '/run/secrets/nats' }).values.nats.password).toBe('secret');
  });

  it('find a secret by its name in the secrets folder, unless a variable says it', () => {
    const { values, origins, files: watched } = load({ SEMSTREAMS_SECRETS_DIR: '/vault' });
    expect([values.nats.password, origins.get('nats.password'), watched]).toEqual([
      'vaulted',
      '/vault/nats_password',
      ['/vault/nats_password'],
    ]);
    const given = load({ SEMSTREAMS_SECRETS_DIR: '/vault', SEMSTREAMS_NATS_PASSWORD: 'mine' });
    expect(given.values.nats.password).toBe('mine');
    expect(load({}, { secrets_dir: '/vault' }).values.nats.password).toBe('vaulted');
  });

  it('take an empty variable for one that is not set', () => {
    const { values, origins } = load({
      SEMSTREAMS_NATS_PASSWORD: '',
      SEMSTREAMS_PORT: '',
      SEMSTREAMS_NATS_TOKEN_FILE: '',
    });
    expect([values.nats.password, values.port, origins.get('port')]).toEqual(['', 8080, 'default']);
  });

  it.each([
    ['SEMSTREAMS_NATS_URL', 'nats://nats:4222', (values: SettingsValues) => values.nats.url, 'nats://nats:4222'],
    ['SEMSTREAMS_LOG_LEVEL', 'warn', (values: SettingsValues) => values.log_level, 'warn'],
    ['SEMSTREAMS_METRICS_ENABLED', 'true', (values: SettingsValues) => values.metrics.enabled, true],
    ['SEMSTREAMS_NATS_PASSWORD', '12345', (values: SettingsValues) => values.nats.password, '12345'],
    ['SEMSTREAMS_NATS_PASSWORD', 'true', (values: SettingsValues) => values.nats.password, 'true'],
    [
      'SEMSTREAMS_TLS_KEY_FILE',
      '/certs/server.key',
      (values: SettingsValues) => values.tls.key_file,
      '/certs/server.key',
    ],
    [
      'SEMSTREAMS_ALLOWED_HOSTS',
      'a.local, b.local',
      (values: SettingsValues) => values.allowed_hosts,
      ['a.local', 'b.local'],
    ],
    ['SEMSTREAMS_DISK_WARN_AT', '80', (values: SettingsValues) => values.disk.warn_at, 80],
    ['SEMSTREAMS_CONFIG', '/somewhere', (values: SettingsValues) => values.port, 8080],
    ['SEMSTREAMS_COMMIT', 'abc', (values: SettingsValues) => values.port, 8080],
  ])('understand %s=%s', (variable, text, value, expected) => {
    expect(value(load({ [variable]: text }).values)).toEqual(expected);
  });

  it('keep apart a file that is a secret from a setting that is a file', () => {
    const { tls } = load({ SEMSTREAMS_TLS_CERT_FILE: '/certs/server.crt' }).values;
    expect(tls.cert_file).toBe('/certs/server.crt');
  });

  it.each<[string, Record<string, string>, unknown, string]>([
    [
      'an unknown variable',
      { SEMSTREAMS_NATS_URI: 'x' },
      undefined,
      'SEMSTREAMS_NATS_URI is no setting; did you mean SEMSTREAMS_NATS_URL?',
    ],
    [
      'an unknown key',
      {},
      { nats: { urll: 'x' } },
      '"nats.urll" in "config.json": "urll" is not known here; did you mean "url"?',
    ],
    ['a wrong value', {}, { port: 99_999 }, '"port" in "config.json": must be at most 65535'],
    ['a wrong variable', { SEMSTREAMS_PORT: 'eighty' }, undefined, 'SEMSTREAMS_PORT: "eighty" is not a number'],
    [
      'a wrong word',
      { SEMSTREAMS_LOG_LEVEL: 'inof' },
      undefined,
      'SEMSTREAMS_LOG_LEVEL: "inof" is not one of the choices; did you mean "info"?',
    ],
    [
      'a secret that is not there',
      { SEMSTREAMS_NATS_PASSWORD_FILE: '/x' },
      undefined,
      'the file "/x" of SEMSTREAMS_NATS_PASSWORD_FILE cannot be read',
    ],
    [
      'metrics elsewhere',
      {},
      { metrics: { port: 9090 } },
      '"metrics.port" is 9090: metrics are served on "port" (8080); leave it out',
    ],
    [
      'TLS without files',
      { SEMSTREAMS_TLS_ENABLED: 'true' },
      undefined,
      '"tls.enabled" needs "tls.cert_file" and "tls.key_file"',
    ],
    [
      'an unknown variable that is empty',
      { SEMSTREAMS_NATS_PASSWROD: '' },
      undefined,
      'SEMSTREAMS_NATS_PASSWROD is no setting; did you mean SEMSTREAMS_NATS_PASSWORD?',
    ],
    [
      'a secret that may not be read',
      { SEMSTREAMS_SECRETS_DIR: '/locked' },
      undefined,
      'the secret "/locked/nats_token" cannot be read',
    ],
    [
      'a password in the address',
      { SEMSTREAMS_NATS_URL: 'nats://a:b@nats:4222' },
      undefined,
      '"nats.url" holds a user or password, which would be shown: set "nats.user" and SEMSTREAMS_NATS_PASSWORD instead',
    ],
    [
      'an address of something else',
      { SEMSTREAMS_NATS_URL: 'nats://a:4222,http://b' },
      undefined,
      '"nats.url": "http://b" must begin with "nats://" or "tls://"',
    ],
    [
      'two ways to log in',
      { SEMSTREAMS_NATS_TOKEN: 'a', SEMSTREAMS_NATS_USER: 'b' },
      undefined,
      '"nats.user" and "nats.token" exclude each other: keep one of them',
    ],
    [
      'watermarks the wrong way round',
      {},
      { disk: { warn_at: 90, stop_at: 80 } },
      '"disk.stop_at" (80) must not be below "disk.warn_at" (90)',
    ],
    [
      'a text where settings belong',
      {},
      { nats: 'nats://nats:4222' },
      '"nats" in "config.json": "nats://nats:4222" is not an object',
    ],
    ['an array', {}, [], '"config.json" holds no settings: it must be a JSON object'],
  ])('with %s are refused in one line', (_, environment, file, sentence) => {
    expect(() => load(environment, file)).toThrow(sentence);
  });

  it('say where broken JSON is', () => {
    expect(() => load({}, '{\n  "port": 8080,\n}')).toThrow(/^"config\.json" is not JSON: line 3, column 1: /);
    expect(() => load({}, '{\n  "port": 8080')).toThrow(/^"config\.json" is not JSON: line 2/);
  });
});
