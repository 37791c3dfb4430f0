import { dialProblem } from '../../../component-kit/network/dial-problem.ts';
import { resolveAddress } from '../../../component-kit/network/resolve-address.ts';
import { implementProbe } from '../../../engine/component.ts';
import { udpOutputDefinition } from './udp-output.definition.ts';

export const probe = implementProbe(udpOutputDefinition, async ({ config: { address, port } }) => {
  try {
    const found = await resolveAddress(address);
    return `Packets go to ${found.address}, port ${port}; whether somebody is there nobody can say`;
  } catch (cause) {
    throw new Error(`${address}: ${dialProblem(cause)}`, { cause });
  }
});
