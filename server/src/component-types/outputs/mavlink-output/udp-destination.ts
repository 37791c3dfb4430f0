import { createSocket, type Socket } from 'node:dgram';
import { NotAllowed } from '../../../component-kit/network/lookup.ts';
import { resolveAddress } from '../../../component-kit/network/resolve-address.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { type Destination, type Given, placeOf } from './destination.ts';

/** Each frame a packet, to one address. Whether somebody is there nobody knows. */
export const udpDestination = ({ io, address }: Given): Destination => {
  const { host, port } = placeOf(address)!;
  let socket: Socket | undefined;
  let resolved = host;
  let problem: string | undefined;

  const sent = (error: Error | null): void => {
    if (error) io.drop('unsent');
    if (error?.message === problem) return;
    problem = error?.message;
    io.report(error ? 'waiting' : 'running', error ? `${address}: ${error.message}` : '');
  };

  return {
    async open() {
      const found = await resolveAddress(host).catch((thrown: unknown) => {
        if (thrown instanceof NotAllowed) throw new FatalFault(thrown.message, { cause: thrown });
        throw new FatalFault(`there is no host "${host}": name an address, such as 10.0.0.7:14550`, { cause: thrown });
      });
      resolved = found.address;
      socket = createSocket(found.family === 6 ? 'udp6' : 'udp4');
      socket.on('error', (error) => sent(error));
      socket.bind(() => socket?.setBroadcast(true));
    },
    send(frameFor) {
      socket!.send(frameFor(''), port, resolved, sent);
      return true;
    },
    close: () => new Promise<void>((resolve) => (socket ? socket.close(() => resolve()) : resolve())),
    facts: () => ({ sends_to: address }),
  };
};
