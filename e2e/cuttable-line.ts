import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A line to a server that can be cut and joined again, as when a cable is pulled. */
export class CuttableLine {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async to(address: string): Promise<CuttableLine> {
    const { port } = new URL(address);
    const server = createServer((near) => line.join(near, connect(Number(port), '127.0.0.1'))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new CuttableLine(server, `http://127.0.0.1:${(server.address() as { port: number }).port}`);
    return line;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(near: Socket, far: Socket): void {
    if (this.isCut) near.destroy();
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
    if (this.isCut) far.destroy();
  }
}
