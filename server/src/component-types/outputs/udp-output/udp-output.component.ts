import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { payloadBytes } from '../../../component-kit/content/payload-bytes.ts';
import { dialProblem } from '../../../component-kit/network/dial-problem.ts';
import { type Address, resolveAddress } from '../../../component-kit/network/resolve-address.ts';
import { whyNot } from '../../../component-kit/sockets/datagrams.ts';
import { implement } from '../../../engine/component.ts';
import { FatalFault, InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { udpOutputDefinition } from './udp-output.definition.ts';

/** How long the address of a name holds, in milliseconds. */
const addressHoldsMs = 60_000;
/** So many packets are handed to the system at once. */
const mostAtOnce = 64;

export const udpOutput = implement(udpOutputDefinition, ({ config, io }) => {
  const bytesOf = payloadBytes(config.format);
  const place = `${config.address}:${config.port}`;
  let socket: Socket | undefined;
  let family: 4 | 6 | undefined;
  let known: { readonly to: Address; readonly at: number } | undefined;
  let [packets, bytes] = [0, 0];

  const open = async (to: Address): Promise<Socket> => {
    const { interface: own, from_port: port } = config;
    const made = createSocket(to.family === 6 ? 'udp6' : 'udp4');
    // a receiver that is not there may say so by another packet: that is no fault of ours
    made.on('error', () => undefined);
    try {
      made.bind({ port, ...(own !== '' && { address: own }) });
      await once(made, 'listening');
      made.setBroadcast(config.broadcast);
      made.setMulticastTTL(config.hops);
      if (own !== '' && isGroup(to.address)) made.setMulticastInterface(own);
    } catch (cause) {
      made.close();
      throw new FatalFault(whyNot(cause as NodeJS.ErrnoException, own, port), { cause });
    }
    return made;
  };

  const openFor = async (to: Address): Promise<void> => {
    socket?.close();
    socket = await open(to);
    family = to.family;
  };

  const addressNow = async (): Promise<Address> => {
    if (known && io.monotonic() - known.at < addressHoldsMs) return known.to;
    const to = await resolveAddress(config.address).catch((cause: unknown) => {
      throw new TransientFault(`${place}: ${dialProblem(cause)}`, { cause });
    });
    known = { to, at: io.monotonic() };
    return to;
  };

  const send = async (packet: Buffer, to: Address): Promise<void> => {
    if (packet.length > config.max_size)
      throw new InvalidMessage(`it takes ${packet.length} bytes, more than the ${config.max_size} of "max_size"`);
    await new Promise<void>((resolve, reject) =>
      socket!.send(packet, config.port, to.address, (error) => (error ? reject(faultOf(error)) : resolve())),
    );
    packets += 1;
    bytes += packet.length;
  };

  const faultOf = (error: NodeJS.ErrnoException): Error => {
    if (error.code === 'EMSGSIZE') return new InvalidMessage('it is larger than a packet may be on the way there');
    if (error.code === 'EACCES' && !config.broadcast)
      return new TransientFault(`${place} may be an address of all machines of a network: set "broadcast" for that`);
    return new TransientFault(`${place}: ${dialProblem(error)}`, { cause: error });
  };

  return {
    async open() {
      // a name that cannot be looked up now may be later, so nothing is wrong yet
      const to = await addressNow().catch(() => undefined);
      if (to) await openFor(to);
    },
    in: async (batch) => {
      const to = await addressNow();
      if (family !== to.family) await openFor(to);
      const failed = new Map<number, InvalidMessage | TransientFault>();
      for (let start = 0; start < batch.length; start += mostAtOnce)
        await Promise.all(
          batch.slice(start, start + mostAtOnce).map(async (message, index) => {
            try {
              await send(bytesOf(message), to);
            } catch (thrown) {
              if (!(thrown instanceof InvalidMessage || thrown instanceof TransientFault)) throw thrown;
              failed.set(start + index, thrown);
            }
          }),
        );
      if (failed.size > 0) throw new SomeFailed(failed);
    },
    close: async () =>
      new Promise<void>((resolve) => {
        if (socket) socket.close(() => resolve());
        else resolve();
      }),
    facts: () => ({ packets, bytes }),
  };
});

const isGroup = (address: string): boolean => /^(22[4-9]|23\d)\./.test(address) || /^ff/i.test(address);
