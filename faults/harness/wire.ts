import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Both ends of one connection, and the name under which the client said that it comes. */
interface Line {
  readonly client: Socket;
  readonly far: Socket;
  name: string;
}

/**
 * What stands between SemStreams and a NATS: it knows each connection by its name, so that those of the lanes alone can be
 * cut, refused, or held without a word.
 */
export class Wire {
  private readonly lines = new Set<Line>();
  private readonly server: Server;
  private isRefused = (_name: string): boolean => false;

  private constructor(private readonly farPort: number) {
    this.server = createServer((client) => this.take(client));
  }

  static async to(farPort: number): Promise<Wire> {
    const wire = new Wire(farPort);
    await new Promise<void>((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => wire.close());
    return wire;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  has(isMeant: (name: string) => boolean): boolean {
    return [...this.lines].some(({ name }) => isMeant(name));
  }

  /** Ends the connections of these names. */
  cut(isMeant: (name: string) => boolean): void {
    for (const line of this.lines) if (isMeant(line.name)) end(line);
  }

  /** Ends the connections of these names, and each further one, until `letIn`. */
  refuse(isMeant: (name: string) => boolean): void {
    this.isRefused = isMeant;
    this.cut(isMeant);
  }

  letIn(): void {
    this.isRefused = () => false;
  }

  /** Nothing gets through in either direction, and nobody is told, until the function that comes back is called. */
  hold(isMeant: (name: string) => boolean): () => void {
    const meant = [...this.lines].filter(({ name }) => isMeant(name));
    for (const { client, far } of meant) {
      client.unpipe(far);
      far.unpipe(client);
    }
    return () => {
      for (const { client, far } of meant) {
        client.pipe(far);
        far.pipe(client);
      }
    };
  }

  private take(client: Socket): void {
    const line: Line = { client, far: connect(this.farPort, '127.0.0.1'), name: '' };
    this.lines.add(line);
    const { far } = line;
    for (const socket of [client, far]) {
      socket.on('error', () => end(line));
      socket.on('close', () => {
        this.lines.delete(line);
        end(line);
      });
    }
    far.pipe(client);
    client.once('data', (first: Buffer) => {
      line.name = /^CONNECT .*"name":"([^"]*)"/.exec(first.toString('latin1'))?.[1] ?? '';
      if (this.isRefused(line.name)) return end(line);
      far.write(first);
      client.pipe(far);
    });
  }

  private close(): void {
    this.cut(() => true);
    this.server.close();
  }
}

const end = ({ client, far }: Line): void => {
  client.destroy();
  far.destroy();
};
