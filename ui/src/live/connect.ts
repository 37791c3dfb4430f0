import { type ClientEvents, livePath, type ServerEvents } from '@semstreams/contract';
import { io, type Socket } from 'socket.io-client';

/** A socket to the server that this page came from. It tries for ever, with jitter, at least every four seconds. */
export const liveSocket = (): Socket<ServerEvents, ClientEvents> =>
  io({
    path: livePath,
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    timeout: 5000,
    reconnectionDelay: 500,
    reconnectionDelayMax: 4000,
    randomizationFactor: 0.5,
  });
