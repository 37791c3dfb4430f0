import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { loadSettings } from '../config/load-settings.ts';
import { settingsOf } from '../config/settings.ts';
import { inspectAccount } from './lease/account.ts';
import { ForeignServer } from './own-server/foreign-server.ts';
import { roomyLane } from './roomy-lane.ts';
import { Nats } from './nats.ts';
import { refusalOf } from './connection/nats-away.ts';
import { Quarantine } from './storage/quarantine.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const foreign = async (config: string, more = '') => {
  const made = await ForeignServer.of();
  ending.push(async () => made.remove());
  return made.start(config, more);
};
const natsAt = (server: ForeignServer, environment: Readonly<Record<string, string>>) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-account-'));
  ending.push(async () => rmSync(dataDir, { recursive: true, force: true }));
  const values = { SEMSTREAMS_DATA_DIR: dataDir, SEMSTREAMS_NATS_URL: server.url, ...environment };
  const settings = settingsOf(loadSettings({ ...values, SEMSTREAMS_SECRETS_DIR: '' }, undefined, () => '').values);
  const nats = new Nats(settings, new Quarantine());
  ending.push(async () => nats.onApplicationShutdown());
  return nats;
};
const login = { SEMSTREAMS_NATS_USER: 'a', SEMSTREAMS_NATS_PASSWORD: 'a' };
const account = (limits: string) =>
  `accounts { A { jetstream: { ${limits} }, users: [{ user: a, password: a }] }, B { users: [{ user: b, password: b }] } }`;
const allowed = (permissions: string) =>
  `authorization { users: [{ user: a, password: a, permissions: { ${permissions} } }] }`;

/** All that the product does with a NATS: a bucket with a value, and a buffer with a block. */
const expectToWork = async (nats: Nats) => {
  await vi.waitFor(() => expect([nats.state, nats.sentence]).toEqual(['connected', undefined]), { timeout: 30_000 });
  const bucket = nats.bucket('semstreams_test', { schema: z.string() });
  const present = await bucket.look('key');
  if (present) await bucket.remove('key', present.revision);
  const revision = await bucket.create('key', 'value');
  expect((await bucket.present()).map(({ key }) => key)).toEqual(['key']);
  await bucket.remove('key', revision);
  const lane = roomyLane(nats.laneSettings());
  const place = { flow: 'x', from: 'a', fromPort: 'out', to: 'b', toPort: 'in' };
  const log = lane.log(place, { maxBytes: 1024 ** 2, maxAgeMs: 60_000, whenFull: 'block' }, () => undefined);
  await log.open();
  const sequence = await log.append(Buffer.from('block'), `${Math.random()}`);
  expect(Buffer.from((await log.read(sequence))!).toString()).toBe('block');
  await log.trim(sequence);
};

it.each<[string, string, Readonly<Record<string, string>>]>([
  ['that insists on a size for each stream', account('max_file: 48MB, max_mem: 1MB, max_bytes_required: true'), login],
  [
    'that insists on sizes smaller than the wanted',
    account('max_file: 30MB, max_mem: 1MB, max_bytes_required: true'),
    login,
  ],
  [
    'that bounds the size of a stream',
    account('max_file: 48MB, max_bytes_required: true, disk_max_stream_bytes: 2MB'),
    login,
  ],
  [
    'whose login may use inboxes of its own alone',
    allowed('publish: [">"], subscribe: ["_INBOX_site.>", "$KV.>"]'),
    { ...login, SEMSTREAMS_NATS_INBOX_PREFIX: '_INBOX_site' },
  ],
  [
    'whose login has the rights that the documentation lists, and no more',
    allowed(
      'publish: ["$JS.API.INFO", "$JS.API.STREAM.*.>", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.MSG.*.>", "$KV.semstreams_*.>", "$KV.semstreams_system.>", "$KV.semstreams_test.>", "semstreams.>", "_INBOX.>"], subscribe: ["_INBOX.>"]',
    ),
    login,
  ],
])('an account %s can be used', async (_, config, environment) => {
  await expectToWork(natsAt(await foreign(config), environment));
});

it('a JetStream domain can be used, at the hub and through a leaf node', async () => {
  const { port } = await ForeignServer.of();
  const hub = await foreign(`server_name: hub\nleafnodes { listen: "127.0.0.1:${port}" }`, ', domain: hub');
  const leaf = await foreign(
    `server_name: leaf\nleafnodes { remotes: [{ url: "nats-leaf://127.0.0.1:${port}" }] }`,
    ', domain: edge',
  );
  const through = natsAt(leaf, { SEMSTREAMS_NATS_DOMAIN: 'hub' });
  await expectToWork(through);
  await through.onApplicationShutdown();
  await expectToWork(natsAt(hub, { SEMSTREAMS_NATS_DOMAIN: 'hub' }));
});

it.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
  [
    'subscribe to inboxes',
    allowed('publish: [">"], subscribe: ["_INBOX_site.>", "$KV.>"]'),
    login,
    /this login may not subscribe to "_INBOX\..*": name the prefix that it may use in "nats.inbox_prefix"/,
  ],
  [
    'make streams',
    allowed('publish: { deny: "$JS.API.STREAM.CREATE.>" }'),
    login,
    /this login may not publish to "\$JS\.API\.STREAM\.CREATE\.KV_semstreams_system"/,
  ],
  [
    'read entries',
    allowed('publish: { deny: "$JS.API.STREAM.MSG.GET.>" }'),
    login,
    /this login may not publish to "\$JS\.API\.STREAM\.MSG\.GET\.KV_semstreams_system"/,
  ],
  [
    'write entries',
    allowed('publish: { deny: "$KV.>" }'),
    login,
    /this login may not publish to "\$KV\.semstreams_system\.holder"/,
  ],
  [
    'use JetStream',
    'accounts { A { users: [{ user: a, password: a }] }, B { jetstream: enabled, users: [{ user: b, password: b }] } }',
    login,
    /JetStream/,
  ],
  ['reach that domain', '', { SEMSTREAMS_NATS_DOMAIN: 'nowhere' }, /"nats.domain"/],
])('where a login may not %s, the sentence says so', async (_, config, environment, sentence) => {
  const nats = natsAt(await foreign(config), environment);
  await vi.waitFor(() => expect(nats.sentence).toMatch(sentence), { timeout: 30_000 });
});

it('where an account may have no more streams, whoever needs one is told so', async () => {
  const nats = natsAt(await foreign(account('max_file: 48MB, max_streams: 1')), login);
  await vi.waitFor(() => expect(nats.state).toBe('connected'), { timeout: 30_000 });
  const asked = nats.bucket('semstreams_test', { schema: z.string() }).present();
  await expect(asked.catch((thrown: unknown) => refusalOf(thrown))).resolves.toMatch(/may have no more streams/);
});

it('the doctor finds the rights that are missing without changing anything, and who uses the account', async () => {
  const server = await foreign(allowed('publish: { deny: ["$JS.API.STREAM.PURGE.>", "$KV.>"] }'));
  const access = { servers: [`127.0.0.1:${server.port}`], user: 'a', pass: 'a' };
  expect(await inspectAccount(access)).toEqual({
    problem: undefined,
    missing: [expect.stringContaining('"$JS.API.STREAM.PURGE.'), expect.stringContaining('"$KV.')],
    holder: undefined,
  });
  const open = await foreign(account('max_file: 48MB'));
  const theirs = { servers: [`127.0.0.1:${open.port}`], user: 'a', pass: 'a' };
  expect(await inspectAccount(theirs)).toEqual({ problem: undefined, missing: [], holder: undefined });
  const nats = natsAt(open, { ...login, SEMSTREAMS_NAME: 'site-a' });
  await vi.waitFor(() => expect(nats.state).toBe('connected'), { timeout: 30_000 });
  expect(await inspectAccount(theirs)).toMatchObject({
    holder: { name: expect.stringMatching(/^"site-a" on .+ since /), instance: expect.any(String) },
  });
  expect(await inspectAccount({ servers: ['127.0.0.1:1'] })).toMatchObject({ problem: 'nobody listens there' });
});
