import { type DatagramListener, takeOver } from '../../../component-kit/sockets/datagram-listener.ts';
import type { DecoderLine } from '../../../component-kit/nmea/decoder.ts';
import type { Given, Source } from './source.ts';

/** Senders whose cut lines are remembered; the oldest makes room. */
const mostSenders = 256;

/** Listens for packets, each sender a line of its own. */
export const udpSource = ({ config, io, decoder, takeFrom }: Given): Source => {
  const senders = new Map<string, DecoderLine>();
  let listener: DatagramListener | undefined;
  let datagrams = 0;

  /** The oldest one that has begun nothing goes, if there is one: nothing of it is lost. */
  const makeRoom = (): void => {
    const all = [...senders];
    const [address, line] = all.find(([, { isPending }]) => !isPending) ?? all[0]!;
    if (line.isPending) io.drop('too_many_senders');
    else line.finish(io.now());
    senders.delete(address);
  };
  const lineOf = (address: string): DecoderLine => {
    const known = senders.get(address);
    if (known) return known;
    if (senders.size >= mostSenders) makeRoom();
    const line = decoder.line(takeFrom(address));
    senders.set(address, line);
    return line;
  };

  return {
    async open() {
      const { host, port, receive_buffer: receiveBuffer, multicast_group: group, interface: name } = config;
      listener = await takeOver(
        io.adopt() as DatagramListener | undefined,
        { host, port, receiveBuffer, group, interface: name },
        {
          take: (datagram, address, from) => {
            datagrams += 1;
            const line = lineOf(`${address}:${from}`);
            line.push(datagram, io.now());
            line.pause(io.now());
          },
          lost: (packets) => io.drop('socket_full', packets),
          failed: io.fail,
        },
      );
    },
    async close() {
      if (!listener) return;
      if (!listener.isBroken && io.park(listener)) listener.leave();
      else await listener.end();
      listener = undefined;
      for (const line of senders.values()) line.finish(io.now());
    },
    facts: () => ({ ...(listener?.facts() ?? { listening: null }), datagrams, senders: senders.size }),
  };
};
