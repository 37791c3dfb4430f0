import { natsServers } from './nats-servers.ts';
import { SettingsError } from './settings-error.ts';
import type { SettingsValues } from './settings.schema.ts';

/** Throws a SettingsError where settings are right one by one and not together. */
export const checkTogether = (values: SettingsValues): void => {
  const { metrics, port, tls, disk, nats } = values;
  if (metrics.port !== undefined && metrics.port !== port)
    throw new SettingsError(`"metrics.port" is ${metrics.port}: metrics are served on "port" (${port}); leave it out`);
  if (tls.enabled && (tls.cert_file === '' || tls.key_file === ''))
    throw new SettingsError('"tls.enabled" needs "tls.cert_file" and "tls.key_file"');
  if (disk.stop_at < disk.warn_at)
    throw new SettingsError(`"disk.stop_at" (${disk.stop_at}) must not be below "disk.warn_at" (${disk.warn_at})`);
  checkNats(nats);
};

const checkNats = (nats: SettingsValues['nats']): void => {
  natsServers(nats.url);
  const ways = [
    ['nats.user', nats.user],
    ['nats.token', nats.token],
    ['nats.nkey_file', nats.nkey_file],
    ['nats.credentials_file', nats.credentials_file],
  ].flatMap(([name, value]) => (value === '' ? [] : [`"${name}"`]));
  if (ways.length > 1) throw new SettingsError(`${ways.join(' and ')} exclude each other: keep one of them`);
  if (nats.tls.cert_file !== '' && nats.tls.key_file === '')
    throw new SettingsError('"nats.tls.cert_file" needs "nats.tls.key_file"');
};
