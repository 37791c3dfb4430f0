import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { probeConnection } from '../../../component-kit/sockets/probe-connection.ts';
import { implementProbe } from '../../../engine/component.ts';
import { httpOutputDefinition } from './http-output.definition.ts';
import { compileUrl } from '../../../component-kit/http/url-template.ts';

export const probe = implementProbe(httpOutputDefinition, async ({ config }) => {
  const { hostname, port, protocol } = compileUrl(config.url).base;
  const tls = protocol === 'https:' ? readTlsFiles(config) : undefined;
  const number = Number(port) || (tls ? 443 : 80);
  return `The server at ${await probeConnection(hostname.replace(/^\[|\]$/g, ''), number, tls)}`;
});
