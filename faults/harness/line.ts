import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

interface Pair {
  readonly client: Socket;
  readonly far: Socket;
}

/** A line between two locations, as bad as it is told to be. */
export class Line {
  private readonly pairs = new Set<Pair>();
  private readonly server: Server;
  private isHeld = false;

  private constructor(private readonly farPort: number) {
    this.server = createServer((client) => this.take(client));
  }

  static async to(farPort: number): Promise<Line> {
    const line = new Line(farPort);
    await new Promise<void>((resolve) => line.server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => line.close());
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Both ends are told that it is gone. */
  cut(): void {
    for (const pair of this.pairs) end(pair);
  }

  /** One end is told so, and the other hears nothing more. */
  cutHalf(whom: 'client' | 'far'): void {
    for (const { client, far } of this.pairs) {
      client.unpipe(far);
      far.unpipe(client);
      const [gone, left] = whom === 'client' ? [client, far] : [far, client];
      left.pause();
      left.removeAllListeners('close');
      gone.destroy();
      setTimeout(() => left.destroy(), halfOpenMs).unref();
    }
  }

  /** Nothing gets through in either direction, of lines that are there and that come, until the function is called. */
  hold(): () => void {
    this.isHeld = true;
    for (const { client, far } of this.pairs) {
      client.unpipe(far);
      far.unpipe(client);
    }
    return () => {
      this.isHeld = false;
      for (const pair of this.pairs) join(pair);
    };
  }

  private take(client: Socket): void {
    const pair = { client, far: connect(this.farPort, '127.0.0.1') };
    this.pairs.add(pair);
    for (const socket of [pair.client, pair.far]) {
      socket.on('error', () => end(pair));
      socket.on('close', () => {
        this.pairs.delete(pair);
        end(pair);
      });
    }
    if (!this.isHeld) join(pair);
  }

  private close(): void {
    this.cut();
    this.server.close();
  }
}

/** How long an end is left that hears nothing, in milliseconds: it has to give up by itself before. */
const halfOpenMs = 60_000;

const join = ({ client, far }: Pair): void => {
  client.pipe(far);
  far.pipe(client);
};

const end = ({ client, far }: Pair): void => {
  client.destroy();
  far.destroy();
};
