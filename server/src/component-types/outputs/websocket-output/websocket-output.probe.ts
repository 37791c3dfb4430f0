import { probeLine } from '../../../component-kit/link/probe-line.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { websocketOutputDefinition } from './websocket-output.definition.ts';

export const probe = implementProbe(websocketOutputDefinition, async ({ config, signal }) => {
  const { host, port } = config;
  if (config.dial === '') return probePort({ protocol: 'tcp', host, port });
  return probeLine(
    {
      url: config.dial,
      shown: hideInAddresses(config.dial),
      headers: { ...config.headers, ...(config.token !== '' && { authorization: `Bearer ${config.token}` }) },
      subprotocols: [],
      tls: readTlsFiles(config),
      link: 'must',
    },
    signal,
  );
});
