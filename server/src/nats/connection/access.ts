import { readFileSync } from 'node:fs';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { natsServers } from '../../config/nats-servers.ts';
import type { SettingsValues } from '../../config/settings.schema.ts';
import { useDomain } from './jet-stream.ts';
import { reconnectDelay } from './reconnect-delay.ts';

/** Where and as whom to connect. Plain data, so that it can be handed to lanes. */
export interface NatsAccess {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly nkeyFile?: string;
  readonly credentialsFile?: string;
  /** What inboxes begin with; the usual where it is left out. */
  readonly inboxPrefix?: string;
  /** The JetStream domain; that of the server where it is left out. */
  readonly domain?: string;
  /** Where it is given, nothing is said in the clear. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

/** How long one server may take to let us in, in milliseconds. */
const patienceMs = 5000;
/** How often the server is asked whether it is there; after two silent times it counts as lost. */
const pingMs = 2000;

/** The NATS that the settings name. */
export const externalAccess = ({ url, user, password, token, ...files }: SettingsValues['nats']): NatsAccess => {
  const { servers, isTls } = natsServers(url);
  const { ca_file, cert_file, key_file } = files.tls;
  return {
    servers,
    ...(user === '' ? {} : { user, pass: password }),
    ...(token === '' ? {} : { token }),
    ...(files.nkey_file === '' ? {} : { nkeyFile: files.nkey_file }),
    ...(files.credentials_file === '' ? {} : { credentialsFile: files.credentials_file }),
    ...(files.inbox_prefix === '' ? {} : { inboxPrefix: files.inbox_prefix }),
    ...(files.domain === '' ? {} : { domain: files.domain }),
    ...(isTls || ca_file !== '' || cert_file !== ''
      ? {
          tls: {
            ...(ca_file === '' ? {} : { caFile: ca_file }),
            ...(cert_file === '' ? {} : { certFile: cert_file, keyFile: key_file }),
          },
        }
      : {}),
  };
};

/**
 * Options of a connection that is tried for ever. `name` is what NATS shows it under. Files are read at every try to
 * connect, so that renewed ones are used without a restart.
 */
export const connectionOptions = (access: NatsAccess, name: string): NodeConnectionOptions => {
  const authenticator = authenticatorOf(access);
  return {
    servers: [...access.servers],
    name,
    ...(authenticator ? { authenticator } : {}),
    ...(access.tls ? { tls: { ...access.tls } } : {}),
    ...(access.inboxPrefix === undefined ? {} : { inboxPrefix: access.inboxPrefix }),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: reconnectDelay(access.servers.length),
    pingInterval: pingMs,
    timeout: patienceMs,
  };
};

/** A connection to NATS, tried for ever unless `options` say otherwise; to its domain, where it has one. */
export const connectTo = async (
  access: NatsAccess,
  name: string,
  options: NodeConnectionOptions = {},
): Promise<NatsConnection> => {
  const connection = await connect({ ...connectionOptions(access, name), ...options });
  useDomain(connection, access.domain ?? '');
  return connection;
};

const authenticatorOf = ({ user, pass, token, nkeyFile, credentialsFile }: NatsAccess): Authenticator | undefined => {
  if (credentialsFile !== undefined) return credsAuthenticator(() => readFileSync(credentialsFile));
  if (nkeyFile !== undefined) return nkeyAuthenticator(() => seedOf(nkeyFile));
  if (token !== undefined) return tokenAuthenticator(token);
  if (user !== undefined) return usernamePasswordAuthenticator(user, pass);
  return undefined;
};

/** The seed in a file, also where comments stand around it. */
const seedOf = (path: string): Uint8Array => {
  const seed = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => /^S[A-Z][A-Z2-7]{56}$/.test(line));
  if (seed === undefined) throw new Error(`"${path}" of "nats.nkey_file" holds no seed; it begins with "SU"`);
  return new TextEncoder().encode(seed);
};
