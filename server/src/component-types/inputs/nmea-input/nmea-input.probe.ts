import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { probeConnection } from '../../../component-kit/sockets/probe-connection.ts';
import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { nmeaInputDefinition } from './nmea-input.definition.ts';

export const probe = implementProbe(nmeaInputDefinition, async ({ config }) => {
  const { source, address, host, port } = config;
  switch (source) {
    case 'udp':
      return probePort({ protocol: 'udp', host, port });
    case 'tcp_listen':
      if (config.cert_file !== '') readTlsFiles(config);
      return probePort({ protocol: 'tcp', host, port });
    case 'tcp_connect':
      return probeConnection(address, port, config.tls ? readTlsFiles(config) : undefined);
    case 'file':
      return 'A recording is looked for when the flow starts';
  }
});
