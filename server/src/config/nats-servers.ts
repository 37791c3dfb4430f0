import { SettingsError } from './settings-error.ts';

export interface NatsServers {
  /** `host:port`, in the order of the setting. Empty where the server runs its own. */
  readonly servers: readonly string[];
  /** Whether one of them is written as `tls://`: then none is spoken to in the clear. */
  readonly isTls: boolean;
}

const usualPort = 4222;

/** The servers of `nats.url`. Throws a SettingsError that names the one that is wrong. */
export const natsServers = (url: string): NatsServers => {
  const parts = url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const servers = parts.map(hostAndPort);
  return { servers, isTls: parts.some((part) => part.startsWith('tls://')) };
};

const hostAndPort = (text: string): string => {
  const { protocol, hostname, port, username, password } = parse(text);
  if (protocol !== 'nats:' && protocol !== 'tls:')
    throw new SettingsError(`"nats.url": "${text}" must begin with "nats://" or "tls://"`);
  if (username !== '' || password !== '')
    throw new SettingsError(
      `"nats.url" holds a user or password, which would be shown: set "nats.user" and SEMSTREAMS_NATS_PASSWORD instead`,
    );
  if (hostname === '') throw new SettingsError(`"nats.url": "${text}" names no host`);
  return `${hostname}:${port === '' ? usualPort : port}`;
};

const parse = (text: string): URL => {
  try {
    return new URL(text.includes('://') ? text : `nats://${text}`);
  } catch (cause) {
    throw new SettingsError(`"nats.url": "${text}" is not like "nats://nats:4222"`, { cause });
  }
};
