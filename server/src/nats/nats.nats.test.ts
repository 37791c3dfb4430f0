import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount, createOperator, createUser } from '@nats-io/nkeys';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { loadSettings } from '../config/load-settings.ts';
import { settingsOf } from '../config/settings.ts';
import { DiskSpace } from './storage/disk-space.ts';
import { ForeignServer } from './own-server/foreign-server.ts';
import { Nats } from './nats.ts';
import { Quarantine } from './storage/quarantine.ts';
import { Watchdog } from './watchdog.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-nats-test-'));
const file = (name: string) => join(folder, name);
const keep = (name: string, text: string): string => {
  writeFileSync(file(name), text);
  return file(name);
};
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7'];

/** An authority, and what it signed: `server` for 127.0.0.1, `client`. */
beforeAll(() => {
  openssl('req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.crt'), '-subj', '/CN=Test authority');
  openssl('req', '-x509', ...newKey, '-keyout', file('other.key'), '-out', file('other.crt'), '-subj', '/CN=Other');
  keep('names', 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n');
  for (const name of ['server', 'client']) {
    openssl(
      'req',
      ...newKey.slice(0, 5),
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.csr`),
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      ...[
        'x509',
        '-req',
        '-in',
        file(`${name}.csr`),
        '-CA',
        file('ca.crt'),
        '-CAkey',
        file('ca.key'),
        '-CAcreateserial',
      ],
      ...['-days', '7', '-extfile', file('names'), '-out', file(`${name}.crt`)],
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const server = async (config?: string): Promise<ForeignServer> => {
  const made = await ForeignServer.of();
  ending.push(async () => made.remove());
  return config === undefined ? made : made.start(config);
};
const connected = (environment: Record<string, string>) => {
  const values = { SEMSTREAMS_SECRETS_DIR: '', SEMSTREAMS_DATA_DIR: file('data'), ...environment };
  const settings = settingsOf(loadSettings(values, undefined, (path) => readFileSync(path, 'utf8')).values);
  const nats = new Nats(settings, new Quarantine());
  ending.push(async () => nats.onApplicationShutdown());
  return nats;
};
const until = async (claim: () => void) => vi.waitFor(claim, { timeout: 30_000, interval: 20 });

const tls = () => `tls { cert_file: "${file('server.crt')}", key_file: "${file('server.key')}"`;
const user = createUser();
const seed = new TextDecoder().decode(user.getSeed());

/** A credentials file and the server's side of it: operator, account and user, signed in turn. */
const credentials = () => {
  const [operator, account, system] = [createOperator(), createAccount(), createAccount()];
  const sign = (issuer: typeof operator, subject: string, type: string, more: object = {}) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      jti: type,
      iat: 1,
      iss: issuer.getPublicKey(),
      sub: subject,
      name: type,
      nats: { type, version: 2, ...more },
    };
    const body = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}`;
    return `${body}.${Buffer.from(issuer.sign(new TextEncoder().encode(body))).toString('base64url')}`;
  };
  const unlimited = {
    limits: {
      subs: -1,
      data: -1,
      payload: -1,
      imports: -1,
      exports: -1,
      wildcards: true,
      conn: -1,
      leaf: -1,
      mem_storage: -1,
      disk_storage: -1,
      streams: -1,
      consumer: -1,
    },
  };
  const accountJwt = sign(operator, account.getPublicKey(), 'account', unlimited);
  const userJwt = sign(account, user.getPublicKey(), 'user', { subs: -1, data: -1, payload: -1 });
  const systemJwt = sign(operator, system.getPublicKey(), 'account');
  const config = [
    `operator: ${sign(operator, operator.getPublicKey(), 'operator')}`,
    `system_account: ${system.getPublicKey()}`,
    'resolver: MEMORY',
    `resolver_preload { ${account.getPublicKey()}: ${accountJwt}, ${system.getPublicKey()}: ${systemJwt} }`,
  ].join('\n');
  const frame = (title: string, text: string) => `-----BEGIN ${title}-----\n${text}\n------END ${title}------\n\n`;
  return { config, file: keep('user.creds', frame('NATS USER JWT', userJwt) + frame('USER NKEY SEED', seed)) };
};

it.each<[string, () => { config: string; environment: Record<string, string>; scheme?: string }]>([
  [
    'user and password',
    () => ({
      config: 'authorization { user: ann, password: secret }',
      environment: { SEMSTREAMS_NATS_USER: 'ann', SEMSTREAMS_NATS_PASSWORD_FILE: keep('password', 'secret\n') },
    }),
  ],
  ['a token', () => ({ config: 'authorization { token: t0k }', environment: { SEMSTREAMS_NATS_TOKEN: 't0k' } })],
  [
    'an NKEY',
    () => ({
      config: `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`,
      environment: { SEMSTREAMS_NATS_NKEY_FILE: keep('user.nk', `# edge\n${seed}\n`) },
    }),
  ],
  [
    'a credentials file',
    () => {
      const made = credentials();
      return { config: made.config, environment: { SEMSTREAMS_NATS_CREDENTIALS_FILE: made.file } };
    },
  ],
  [
    'TLS by an own authority',
    () => ({ config: `${tls()} }`, environment: { SEMSTREAMS_NATS_TLS_CA_FILE: file('ca.crt') }, scheme: 'tls' }),
  ],
  [
    'TLS with a certificate of this server',
    () => ({
      config: `${tls()}, ca_file: "${file('ca.crt')}", verify: true }`,
      environment: {
        SEMSTREAMS_NATS_TLS_CA_FILE: file('ca.crt'),
        SEMSTREAMS_NATS_TLS_CERT_FILE: file('client.crt'),
        SEMSTREAMS_NATS_TLS_KEY_FILE: file('client.key'),
      },
    }),
  ],
])('connects with %s', async (_, given) => {
  const { config, environment, scheme = 'nats' } = given();
  const { port } = await server(config);
  const nats = connected({ SEMSTREAMS_NATS_URL: `${scheme}://127.0.0.1:${port}`, ...environment });
  const bucket = nats.bucket('semstreams_test', { schema: z.string() });
  const revision = await bucket.create('key', 'value');
  expect([nats.state, nats.sentence, revision]).toEqual(['connected', undefined, 1]);
});

it.each<[string, () => { config: string; environment: Record<string, string>; scheme?: string }, RegExp]>([
  [
    'a wrong password',
    () => ({
      config: 'authorization { user: ann, password: secret }',
      environment: { SEMSTREAMS_NATS_USER: 'ann', SEMSTREAMS_NATS_PASSWORD: 'wrong' },
    }),
    /it does not accept this login/,
  ],
  [
    'an unknown authority',
    () => ({ config: `${tls()} }`, environment: {}, scheme: 'tls' }),
    /is not trusted; name its authority in "nats\.tls\.ca_file"/,
  ],
  [
    'another authority',
    () => ({ config: `${tls()} }`, environment: { SEMSTREAMS_NATS_TLS_CA_FILE: file('other.crt') } }),
    /is not trusted/,
  ],
  ['TLS where there is none', () => ({ config: '', environment: {}, scheme: 'tls' }), /it does not speak TLS/],
  [
    'no certificate where one is wanted',
    () => ({
      config: `${tls()}, ca_file: "${file('ca.crt')}", verify: true }`,
      environment: { SEMSTREAMS_NATS_TLS_CA_FILE: file('ca.crt') },
    }),
    /name one in "nats\.tls\.cert_file"/,
  ],
  [
    'a file of keys without one',
    () => ({
      config: '',
      environment: { SEMSTREAMS_NATS_NKEY_FILE: keep('empty.nk', 'nothing\n') },
    }),
    /holds no seed/,
  ],
])('says what is wrong with %s', async (_, given, sentence) => {
  const { config, environment, scheme = 'nats' } = given();
  const foreign = await server(config);
  const nats = connected({ SEMSTREAMS_NATS_URL: `${scheme}://127.0.0.1:${foreign.port}`, ...environment });
  await until(() => expect(nats.sentence).toMatch(sentence));
  expect([nats.state, nats.hasBeenConnected]).toEqual(['disconnected', false]);
});

it('starts with NATS absent, says so, and goes on by itself', async () => {
  const foreign = await server();
  const nats = connected({ SEMSTREAMS_NATS_URL: foreign.url });
  await until(() => expect(nats.sentence).toBe(`waiting for NATS at 127.0.0.1:${foreign.port}: nobody listens there`));
  const asked = nats.bucket('semstreams_test', { schema: z.string() }).create('key', 'value');
  await foreign.start();
  expect(await asked).toBe(1);
  expect(nats.state).toBe('connected');
});

it('says that a login is not accepted any more, and goes on once it is again', async () => {
  const [before, after] = ['authorization { user: ann, password: old }', 'authorization { user: ann, password: new }'];
  const foreign = await server(before);
  const nats = connected({
    SEMSTREAMS_NATS_URL: foreign.url,
    SEMSTREAMS_NATS_USER: 'ann',
    SEMSTREAMS_NATS_PASSWORD: 'old',
  });
  await until(() => expect(nats.state).toBe('connected'));
  await foreign.stop();
  await foreign.start(after);
  await until(() => expect(nats.sentence).toMatch(/does not accept this login/));
  await foreign.stop();
  await foreign.start(before);
  await until(() => expect(nats.state).toBe('connected'));
});

it('uses another server of the list when one is gone', async () => {
  const [first, second] = [await server(''), await server('')];
  const nats = connected({ SEMSTREAMS_NATS_URL: `${first.url},${second.url}` });
  await until(() => expect(nats.state).toBe('connected'));
  const connection = await nats.ready();
  const [used, other] = connection.getServer().endsWith(String(first.port)) ? [first, second] : [second, first];
  await used.stop();
  await until(() => expect(connection.getServer()).toContain(String(other.port)));
  await until(() => expect(nats.state).toBe('connected'));
});

it('notices within seconds that a server is gone, and that it is back', async () => {
  const foreign = await server('');
  const nats = connected({ SEMSTREAMS_NATS_URL: foreign.url });
  const bucket = nats.bucket('semstreams_test', { schema: z.string() });
  await bucket.create('key', 'value');
  await foreign.stop();
  await until(() => expect(nats.sentence).toMatch(/the connection is lost/));
  await expect(bucket.get('key')).rejects.toThrow(/NATS is away/);
  await foreign.start('');
  await until(() => expect(nats.state).toBe('connected'));
  expect((await bucket.get('key'))?.value).toBe('value');
});

it('starts the own nats-server again when it lives and does not answer', async () => {
  const settings = settingsOf(
    loadSettings({ SEMSTREAMS_SECRETS_DIR: '', SEMSTREAMS_DATA_DIR: file('own') }, undefined, () => '').values,
  );
  const quarantine = new Quarantine();
  const nats = new Nats(settings, quarantine);
  const watchdog = new Watchdog(nats, new DiskSpace(settings, quarantine), {
    lookMs: 50,
    answerMs: 300,
    patienceMs: 500,
  });
  watchdog.onApplicationBootstrap();
  ending.push(async () => {
    watchdog.beforeApplicationShutdown();
    await nats.onApplicationShutdown();
  });
  const bucket = nats.bucket('semstreams_test', { schema: z.string() });
  await bucket.create('key', 'value');
  const pid = () => Number(readFileSync(join(settings.dataDir, 'nats', 'nats-server.pid'), 'utf8'));
  const frozen = pid();
  process.kill(frozen, 'SIGSTOP');
  await until(() => expect(pid()).not.toBe(frozen));
  await until(() => expect(nats.state).toBe('connected'));
  expect((await bucket.get('key'))?.value).toBe('value');
});
