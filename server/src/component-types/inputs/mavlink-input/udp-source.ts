import { type DatagramListener, takeOver } from '../../../component-kit/sockets/datagram-listener.ts';
import type { Line } from '../../../component-kit/mavlink/decoder.ts';
import { Silence } from './silence.ts';
import { type Given, mostSenders, type Source } from './source.ts';
import type { Peer } from '../../../component-kit/mavlink/stations.ts';

interface Sender extends Peer {
  readonly line: Line;
}

/** Listens for packets, each sender a line of its own. */
export const udpSource = ({ config, io, decoder }: Given): Source => {
  const senders = new Map<string, Sender>();
  const silence = new Silence();
  let link = `udp:${config.port}`;
  let listener: DatagramListener | undefined;
  let datagrams = 0;

  const end = ({ line }: Sender): void => {
    silence.forget(line);
    line.finish();
    line.vehicles.end();
  };

  /** The oldest one that has begun no frame goes, if there is one: nothing of it is lost. */
  const makeRoom = (): void => {
    const all = [...senders.values()];
    const goes = all.find(({ line }) => line.pending === 0) ?? all[0]!;
    if (goes.line.pending > 0) io.drop('too_many_senders');
    end(goes);
    senders.delete(goes.address);
  };

  const senderOf = (host: string, port: number): Sender => {
    const address = `${host}:${port}`;
    const known = senders.get(address);
    if (known) return known;
    if (senders.size >= mostSenders) makeRoom();
    const line = decoder.line({ address, link });
    const sender: Sender = {
      address,
      line,
      vehicles: line.vehicles,
      send: (frame) => listener?.send(frame, port, host) ?? false,
    };
    senders.set(address, sender);
    return sender;
  };

  return {
    get link() {
      return link;
    },
    async open() {
      const { host, port, receive_buffer: receiveBuffer } = config;
      const before = io.adopt() as DatagramListener | undefined;
      if (before) link = `udp:${before.facts().listening}`;
      listener = await takeOver(
        before,
        { host, port, receiveBuffer },
        {
          take: (datagram, address, from) => {
            datagrams += 1;
            const { line } = senderOf(address, from);
            line.push(datagram, io.now());
            line.pause();
            silence.heard(line);
          },
          lost: (packets) => io.drop('socket_full', packets),
          failed: io.fail,
        },
      );
      link = `udp:${listener.facts().listening}`;
    },
    async close() {
      silence.end();
      if (!listener) return;
      if (!listener.isBroken && io.park(listener)) listener.leave();
      else await listener.end();
      listener = undefined;
      for (const { line } of senders.values()) line.finish();
    },
    facts: () => ({ ...(listener?.facts() ?? { listening: null }), datagrams, senders: senders.size }),
    // anybody can put any address on a packet: who has said nothing of use is not spoken to
    peers: () => [...senders.values()].filter(({ line }) => line.vehicles.isHeard),
    speakTo: (frame, host, port) => void listener?.send(frame, port, host),
  };
};
