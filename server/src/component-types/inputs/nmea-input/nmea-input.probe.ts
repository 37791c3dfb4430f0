import { probeConnection } from '../../../component-kit/sockets/probe-connection.ts';
import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { nmeaInputDefinition } from './nmea-input.definition.ts';

export const probe = implementProbe(nmeaInputDefinition, async ({ config: { source, address, host, port } }) => {
  switch (source) {
    case 'udp':
      return probePort({ protocol: 'udp', host, port });
    case 'tcp_listen':
      return probePort({ protocol: 'tcp', host, port });
    case 'tcp_connect':
      return probeConnection(address, port);
    case 'file':
      return 'A recording is looked for when the flow starts';
  }
});
