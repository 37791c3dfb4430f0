import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { probeConnection } from '../../../component-kit/sockets/probe-connection.ts';
import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { tcpInputDefinition } from './tcp-input.definition.ts';

export const probe = implementProbe(tcpInputDefinition, async ({ config }) => {
  const { mode, address, host, port, tls } = config;
  if (mode === 'connect') return probeConnection(address, port, tls ? readTlsFiles(config) : undefined);
  if (config.cert_file !== '') readTlsFiles(config);
  return probePort({ protocol: 'tcp', host, port });
});
