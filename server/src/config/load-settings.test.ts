import { describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.ts';

const files: Readonly<Record<string, string>> = { '/run/secrets/nats': 'secret\n' };
const read = (path: string) => {
  const text = files[path];
  if (text === undefined) throw new Error('ENOENT');
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
    ['an array', {}, [], '"config.json" holds no settings: it must be a JSON object'],
  ])('with %s are refused in one line', (_, environment, file, sentence) => {
    expect(() => load(environment, file)).toThrow(sentence);
  });

  it('say where broken JSON is', () => {
    expect(() => load({}, '{ "port": 8080, }')).toThrow(/^"config\.json" is not JSON: .*position 16/);
  });
});
