import type { Socket } from 'node:net';
import { keepConnected, type KeptLine } from '../../../component-kit/sockets/keep-connected.ts';
import type { FrameFor } from '../../../component-kit/mavlink/frame-writer.ts';
import { type ListenerOwner, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
import { type Destination, type Given, mostPeers, mostUnsent, placeOf } from './destination.ts';

/** Writes where there is room. */
const write = (socket: Socket, frameFor: FrameFor, link: string): boolean => {
  if (!socket.writable || socket.connecting || socket.writableLength > mostUnsent) return false;
  socket.write(frameFor(link));
  return true;
};

/** All that connect get every frame. */
export const tcpListenDestination = ({ io, listenHost, listenPort }: Given): Destination => {
  /** Each with its name, the same for as long as it is connected. */
  const peers = new Map<Socket, string>();
  let listener: TcpListener | undefined;
  const tell = (): void => {
    if (peers.size === 0) io.report('running', 'Nobody is connected');
    else io.report('running', `${peers.size} connected`);
  };
  const owner: ListenerOwner = {
    mostSenders: mostPeers,
    idleMs: 0,
    refusal: () => '',
    follow: (socket) => {
      peers.set(socket, `${socket.remoteAddress}:${socket.remotePort}`);
      const gone = (): void => void peers.delete(socket);
      return { take: () => undefined, ended: gone, lost: (chunk) => void (chunk ?? gone()), leave: gone };
    },
    changed: tell,
    failed: io.fail,
  };
  return {
    async open() {
      listener = io.adopt() as TcpListener | undefined;
      if (listener) listener.handTo(owner);
      else listener = await TcpListener.open({ host: listenHost, port: listenPort }, owner);
      tell();
    },
    async close() {
      if (listener && !listener.isBroken && io.park(listener)) listener.leave();
      else await listener?.end();
    },
    send: (frameFor) => [...peers].filter(([peer, name]) => write(peer, frameFor, name)).length > 0,
    facts: () => ({ listening: listener?.port ?? null, peers: peers.size, refused: listener?.refused ?? 0 }),
  };
};

/** What comes back is not for us, but has to be read. */
const read = (socket: Socket): (() => void) => {
  socket.resume();
  return () => undefined;
};

/** Connects, and again when the line ends. */
export const tcpConnectDestination = ({ io, address }: Given): Destination => {
  let kept: KeptLine | undefined;
  return {
    open() {
      kept = keepConnected({ ...placeOf(address)!, io, follow: read });
    },
    async close() {
      kept?.socket?.end();
      kept?.socket?.destroySoon();
      await kept?.done;
    },
    send: (frameFor) => kept?.socket !== undefined && write(kept.socket, frameFor, ''),
    facts: () => ({ connected: kept?.socket?.readyState === 'open' }),
  };
};
