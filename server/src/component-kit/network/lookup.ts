import { lookup as ask } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { addressProblem } from '../../reach/address-problem.ts';
import { reach } from '../../reach/reach.ts';

/** A flow may not go there; the message says what to do about it. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/**
 * How whoever dials finds the addresses of a name: all of them here, so that a rule on where flows may go has one place. The
 * addresses that it gives are the ones that are dialled, so no name means another one a moment later. Those that flows may
 * not reach are left out; where no other is left it fails with a NotAllowed.
 */
export const lookup: LookupFunction = (name, options, found) =>
  ask(name, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, []);
    const problems = addresses.map(({ address }) => addressProblem(reach().network, name, address));
    const allowed = addresses.filter((_, index) => problems[index] === undefined);
    const [first] = allowed;
    if (!first) return found(new NotAllowed(problems[0]), []);
    if (options.all === true) found(null, allowed);
    else found(null, first.address, first.family);
  });

/**
 * The same for a host that may be an address already, which nobody looks up: why it may not be dialled, or undefined where it
 * may, and for every name.
 * @param host as it stands in a config or an address, IPv6 with or without brackets
 */
export const forbidden = (host: string): NotAllowed | undefined => {
  const address = host.replace(/^\[|\]$/g, '');
  const problem = isIP(address) === 0 ? undefined : addressProblem(reach().network, address, address);
  return problem === undefined ? undefined : new NotAllowed(problem);
};
