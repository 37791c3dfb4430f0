import { expect, it, vi } from 'vitest';
import { loadSettings } from './load-settings.ts';
import { settingsOf } from './settings.ts';

const load = (file: unknown) =>
  loadSettings({}, { path: 'config.json', text: JSON.stringify(file) }, () => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  }).values;

it('takes what may change while the server runs, and names what waits for a restart', () => {
  const settings = settingsOf(load({ port: 8080, log_level: 'info' }));
  const listener = vi.fn();
  settings.onChange(listener);
  const change = settings.take(load({ port: 9090, log_level: 'debug', metrics: { enabled: false } }));
  expect(change).toEqual({ taken: ['log_level', 'metrics.enabled'], waiting: ['port'] });
  expect([settings.values.port, settings.values.log_level, settings.values.metrics.enabled]).toEqual([
    8080,
    'debug',
    false,
  ]);
  expect(listener.mock.calls).toEqual([[change]]);
});

it('tells nobody where nothing changed', () => {
  const settings = settingsOf(load({ port: 8080 }));
  const listener = vi.fn();
  settings.onChange(listener);
  expect(settings.take(load({ port: 8080 }))).toEqual({ taken: [], waiting: [] });
  expect(listener).not.toHaveBeenCalled();
});

it('can be changed by nobody else', () => {
  const settings = settingsOf(load({}));
  settings.take(load({ log_level: 'warn' }));
  expect(() => Object.assign(settings.values.metrics, { enabled: false })).toThrow(TypeError);
});
