import { HttpClient } from '../../../component-kit/http/http-client.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { saidBy } from '../../../component-kit/http/statuses.ts';
import { implementProbe } from '../../../engine/component.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { influxOutputDefinition } from './influx-output.definition.ts';
import { pingAddress, writeHeaders } from './write-address.ts';

export const probe = implementProbe(influxOutputDefinition, async ({ config, signal }) => {
  const url = pingAddress(config.url);
  const client = new HttpClient(readTlsFiles(config));
  try {
    const { 'content-type': _, ...headers } = writeHeaders(config);
    const answer = await client.ask({ method: 'GET', url, headers, withinMs: config.timeout, mostBytes: 4096, signal });
    const { 'x-influxdb-version': version } = answer.headers;
    if (answer.status >= 300) throw new FatalFault(saidBy(answer, url));
    return `The server at ${url.host} is there${version === undefined ? '' : `: InfluxDB ${String(version).slice(0, 40)}`}`;
  } finally {
    client.close();
  }
});
