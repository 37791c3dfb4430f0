import { probeConnection } from '../../../component-kit/sockets/probe-connection.ts';
import { implementProbe } from '../../../engine/component.ts';
import { httpOutputDefinition } from './http-output.definition.ts';
import { compileUrl } from '../../../component-kit/http/url-template.ts';

export const probe = implementProbe(httpOutputDefinition, async ({ config: { url } }) => {
  const { hostname, port, protocol } = compileUrl(url).base;
  const number = Number(port) || (protocol === 'https:' ? 443 : 80);
  return `The server at ${await probeConnection(hostname.replace(/^\[|\]$/g, ''), number)}`;
});
