import type { Socket } from 'node:net';
import { ByAddress } from '../../access/by-address.ts';

/** Connections beside those of the callers: on their way to become one, or asking for something else. */
const mostStrangers = 1000;

/** Connections that nobody has taken yet. Half a request must not keep others out, so there is always room for one more. */
export class Strangers {
  /** By where they are from, the oldest first: a line with TLS is another object after its handshake. */
  private readonly all = new Map<string, Socket>();
  private readonly byAddress = new ByAddress();

  /** One more is there. Where there are too many, the oldest of the address with most of them makes room. */
  meet(socket: Socket): void {
    if (this.all.size >= mostStrangers) this.oldestOfMost()?.destroy();
    const place = placeOf(socket);
    this.all.set(place, socket);
    const leave = this.byAddress.enter(socket.remoteAddress);
    socket.once('close', () => {
      leave();
      if (this.all.get(place) === socket) this.all.delete(place);
    });
  }

  /** It is no stranger any more. */
  taken(socket: Socket): void {
    this.all.delete(placeOf(socket));
  }

  end(): void {
    for (const socket of this.all.values()) socket.destroy();
  }

  private oldestOfMost(): Socket | undefined {
    let found: Socket | undefined;
    let most = 0;
    for (const socket of this.all.values()) {
      const count = this.byAddress.of(socket.remoteAddress);
      if (count > most) [found, most] = [socket, count];
    }
    return found;
  }
}

const placeOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
