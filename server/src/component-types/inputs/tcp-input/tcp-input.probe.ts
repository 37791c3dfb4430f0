import { probeConnection } from '../../../component-kit/sockets/probe-connection.ts';
import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { tcpInputDefinition } from './tcp-input.definition.ts';

export const probe = implementProbe(tcpInputDefinition, async ({ config: { mode, address, host, port } }) =>
  mode === 'connect' ? probeConnection(address, port) : probePort({ protocol: 'tcp', host, port }),
);
