import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../../../engine/retry.ts';
import { type ListenerOwner, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
import { type Destination, type Given, mostPeers, mostUnsent, placeOf } from './destination.ts';

/** Writes where there is room. */
const write = (socket: Socket, frame: Uint8Array): boolean => {
  if (!socket.writable || socket.connecting || socket.writableLength > mostUnsent) return false;
  socket.write(frame);
  return true;
};

/** All that connect get every frame. */
export const tcpListenDestination = ({ io, listenHost, listenPort }: Given): Destination => {
  const peers = new Set<Socket>();
  let listener: TcpListener | undefined;
  const tell = (): void => {
    if (peers.size === 0) io.report('running', 'Nobody is connected');
    else io.report('running', `${peers.size} connected`);
  };
  const owner: ListenerOwner = {
    mostSenders: mostPeers,
    idleMs: 0,
    refusal: '',
    follow: (socket) => {
      peers.add(socket);
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
      else listener = await TcpListener.open(listenHost, listenPort, owner);
      tell();
    },
    async close() {
      if (listener && !listener.isBroken && io.park(listener)) listener.leave();
      else await listener?.end();
    },
    send: (frame) => [...peers].filter((peer) => write(peer, frame)).length > 0,
    facts: () => ({ listening: listener?.port ?? null, peers: peers.size, refused: listener?.refused ?? 0 }),
  };
};

const connectMs = 10_000;
const keepAliveMs = 10_000;

/** Connects, and again when the line ends. */
export const tcpConnectDestination = ({ io, address }: Given): Destination => {
  const { host, port } = placeOf(address)!;
  let socket: Socket | undefined;
  let running: Promise<void> | undefined;

  const connectOnce = async (): Promise<string> => {
    const present = new Socket();
    socket = present;
    present.setKeepAlive(true, keepAliveMs);
    present.setTimeout(connectMs, () => present.connecting && present.destroy());
    // what comes back is not for us, but has to be read
    present.resume();
    return new Promise((resolve) => {
      let reason = 'the line was closed';
      present.on('connect', () => io.report('running', `Connected to ${address}`));
      present.on('error', (error: NodeJS.ErrnoException) => {
        reason = error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message;
      });
      present.on('close', () => resolve(reason));
      present.connect(port, host);
    });
  };

  const keep = async (): Promise<void> => {
    for (let tries = 1; !io.signal.aborted; tries += 1) {
      const startedAt = performance.now();
      const reason = await connectOnce();
      if (performance.now() - startedAt > connectMs) tries = 1;
      if (io.signal.aborted) return;
      io.report('waiting', `${address}: ${reason}; trying again`);
      await sleep(backOff(tries, io.random()), undefined, { signal: io.signal }).catch(() => undefined);
    }
  };

  return {
    open() {
      io.report('waiting', `waiting for ${address}`);
      running = keep();
    },
    async close() {
      socket?.end();
      socket?.destroySoon();
      await running;
    },
    send: (frame) => socket !== undefined && write(socket, frame),
    facts: () => ({ connected: socket?.readyState === 'open' }),
  };
};
