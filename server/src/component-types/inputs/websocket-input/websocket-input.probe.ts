import { probeLine } from '../../../component-kit/link/probe-line.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { websocketInputDefinition } from './websocket-input.definition.ts';

export const probe = implementProbe(websocketInputDefinition, async ({ config, signal }) => {
  const { listen_host: host, listen_port: port } = config;
  if (port !== undefined) return probePort({ protocol: 'tcp', host, port });
  return probeLine(
    {
      url: config.url,
      shown: hideInAddresses(config.url),
      headers: { ...config.headers, ...(config.token !== '' && { authorization: `Bearer ${config.token}` }) },
      subprotocols: config.subprotocols,
      tls: readTlsFiles(config),
      link: config.link === 'never' ? 'never' : 'asked',
    },
    signal,
  );
});
