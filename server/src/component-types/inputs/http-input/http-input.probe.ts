import { probePort } from '../../../component-kit/sockets/probe-port.ts';
import { implementProbe } from '../../../engine/component.ts';
import { httpInputDefinition } from './http-input.definition.ts';

export const probe = implementProbe(httpInputDefinition, async ({ config: { host, port } }) =>
  probePort({ protocol: 'tcp', host, port }),
);
