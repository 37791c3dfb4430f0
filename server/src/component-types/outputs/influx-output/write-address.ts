import type { OutgoingHttpHeaders } from 'node:http';
import { askHeaders } from '../../../component-kit/http/ask-settings.ts';
import type { InfluxOutputConfig } from './influx-output.definition.ts';

type Target = Pick<
  InfluxOutputConfig,
  'url' | 'version' | 'org' | 'bucket' | 'database' | 'retention_policy' | 'time_unit'
>;

/** What each version calls the units of time. */
const precisions = {
  v1: { ns: 'n', us: 'u', ms: 'ms', s: 's' },
  v2: { ns: 'ns', us: 'us', ms: 'ms', s: 's' },
  v3: { ns: 'nanosecond', us: 'microsecond', ms: 'millisecond', s: 'second' },
} as const;

/** Where points are written: `/api/v2/write`, `/api/v3/write_lp` or `/write` below the address, as InfluxDB documents them. */
export const writeAddress = ({ url, version, org, bucket, database, retention_policy, time_unit }: Target): URL => {
  const precision = precisions[version][time_unit];
  const [path, query] = {
    v1: ['write', { db: database, ...(retention_policy !== '' && { rp: retention_policy }), precision }],
    v2: ['api/v2/write', { org, bucket, precision }],
    // with the good ones of several written, and the others named
    v3: ['api/v3/write_lp', { db: database, precision, accept_partial: 'true' }],
  }[version] as [string, Readonly<Record<string, string>>];
  return below(url, path, query);
};

/** Where the server says that it is there. */
export const pingAddress = (url: string): URL => below(url, 'ping', {});

const below = (base: string, path: string, query: Readonly<Record<string, string>>): URL => {
  const address = new URL(base);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/${path}`;
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address;
};

/** Version 2 calls its tokens "Token", version 3 "Bearer" as everybody does. */
export const writeHeaders = (
  config: Pick<InfluxOutputConfig, 'version' | 'token' | 'username' | 'password'>,
): OutgoingHttpHeaders => ({
  ...askHeaders({ ...config, headers: {} }),
  ...(config.token !== '' && config.version !== 'v3' && { authorization: `Token ${config.token}` }),
  'content-type': 'text/plain; charset=utf-8',
  'user-agent': 'SemStreams',
});
