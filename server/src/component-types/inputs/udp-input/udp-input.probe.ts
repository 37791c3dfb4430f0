import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { udpInputDefinition } from './udp-input.definition.ts';

export const probe = implementProbe(udpInputDefinition, async ({ config: { host, port } }) =>
  probePort({ protocol: 'udp', host, port }),
);
