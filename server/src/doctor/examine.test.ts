import { describe, expect, it } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import type { Installation } from './check.ts';
import { examine } from './examine.ts';
import { gatewayOf } from './look-around.ts';

const settingsOf = (file: object = {}, environment: Record<string, string> = {}) =>
  loadSettings(environment, { path: 'config.json', text: JSON.stringify(file) }, () => {
    throw Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
  });

/** An installation with which all is well. */
const sound = (): Installation => ({
  settings: settingsOf({ tls: { enabled: true, cert_file: 'a', key_file: 'b' }, nats: { url: 'nats://nats:4222' } }),
  process: { user: 1000, isRootReadOnly: true, isInContainer: true, memoryLimit: 1024 ** 3, cpuLimit: 1 },
  health: { status: 'healthy', version: 'v1.0.0', uptime: '1s', components: {}, sentences: [] },
  system: {
    name: 'a',
    version: 'v1.0.0',
    uptime: '1s',
    started_at: '2026-01-01T00:00:00.000Z',
    node_version: 'v26.1.0',
    nats: { state: 'connected', server_version: '2.12.1', managed: false },
    memory_bytes: 1,
    flows: { running: 0, total: 0 },
    troubles: [],
  },
  hasMetrics: true,
  door: 'guarded',
  account: { problem: undefined, missing: [], holder: { name: '"here" on this', instance: 'mine' } },
  instance: 'mine',
  isNatsPublished: false,
  fileStoreLimit: 2 * 1024 ** 3,
  disk: { usedPercent: 40, freeBytes: 1024 ** 3 },
  lastBackup: new Date('2026-01-02T00:00:00Z'),
  now: new Date('2026-01-02T12:00:00Z'),
  builtAt: new Date('2026-01-01T00:00:00Z'),
});

describe('the doctor', () => {
  it('has nothing to say where all is well', async () => {
    const report = await examine(sound());
    expect(report.checks.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(report.text()).toMatch(/\n20 passed, 0 warnings, 0 failed$/);
  });

  it.each<[string, Partial<Installation>, string]>([
    ['secrets', { settings: settingsOf({ nats: { url: 'nats://n:4222', user: 'a', password: 'b' } }) }, 'failed'],
    ['log_level', { settings: settingsOf({ log_level: 'debug' }) }, 'warning'],
    ['metrics', { settings: settingsOf({ metrics: { enabled: false } }) }, 'warning'],
    ['metrics', { hasMetrics: false }, 'failed'],
    ['memory_limit', { process: { ...sound().process, memoryLimit: undefined } }, 'warning'],
    ['cpu_limit', { process: { ...sound().process, cpuLimit: undefined } }, 'warning'],
    ['nats_published', { isNatsPublished: true }, 'warning'],
    ['nats_published', { isNatsPublished: undefined }, 'passed'],
    ['storage_limit', { fileStoreLimit: undefined }, 'warning'],
    ['disk', { disk: { usedPercent: 91, freeBytes: 1 } }, 'warning'],
    ['disk', { disk: { usedPercent: 96, freeBytes: 1 } }, 'failed'],
    ['tls', { settings: settingsOf({ host: '0.0.0.0' }) }, 'warning'],
    ['tls', { settings: settingsOf({ host: '127.0.0.1' }) }, 'passed'],
    ['user', { process: { ...sound().process, user: 0 } }, 'failed'],
    ['root_file_system', { process: { ...sound().process, isRootReadOnly: false } }, 'warning'],
    ['nats_access', { door: 'open' }, 'failed'],
    [
      'nats_rights',
      { account: { problem: undefined, missing: ['this login may not …'], holder: undefined } },
      'failed',
    ],
    ['nats_rights', { account: { problem: 'nobody listens there', missing: [], holder: undefined } }, 'failed'],
    ['nats_rights', { account: undefined }, 'passed'],
    ['nats_holder', { instance: 'another' }, 'failed'],
    ['nats_holder', { account: { problem: 'nobody listens there', missing: [], holder: undefined } }, 'warning'],
    ['nats_access', { door: 'silent' }, 'warning'],
    ['health', { health: { ...sound().health!, status: 'degraded' } }, 'warning'],
    ['health', { health: undefined }, 'failed'],
    ['nats', { system: { ...sound().system!, nats: { state: 'disconnected', managed: true } } }, 'failed'],
    [
      'nats',
      { system: { ...sound().system!, nats: { state: 'connected', server_version: '2.9.10', managed: true } } },
      'failed',
    ],
    ['versions', { system: { ...sound().system!, node_version: 'v18.0.0' } }, 'failed'],
    ['clock', { now: new Date('1970-01-02') }, 'failed'],
    ['backups', { lastBackup: undefined }, 'warning'],
    ['backups', { lastBackup: new Date('2025-12-01') }, 'warning'],
  ])('finds what is wrong with %s', async (id, changed, state) => {
    const report = await examine({ ...sound(), ...changed });
    const found = report.checks.find((check) => check.id === id)!;
    expect(found.state).toBe(state);
    if (state !== 'passed') expect(found.hint).toBeDefined();
  });
});

it.each([
  [
    'Iface\tDestination\tGateway\tFlags\neth0\t000012AC\t00000000\t0001\neth0\t00000000\t010012AC\t0003\n',
    '172.18.0.1',
  ],
  ['Iface\tDestination\tGateway\tFlags\neth0\t000012AC\t00000000\t0001\n', undefined],
  [undefined, undefined],
])('the way out of a container is read from its routes', (routes, expected) =>
  expect(gatewayOf(routes)).toBe(expected),
);
