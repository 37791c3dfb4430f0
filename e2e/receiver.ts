import { WebSocket } from 'ws';
import { until } from './until.ts';

/** A program elsewhere that receives from a `websocket_output` and keeps all that came. Connects again for ever. */
export class Receiver {
  readonly texts: string[] = [];
  private socket: WebSocket | undefined;
  private again: NodeJS.Timeout | undefined;
  private isClosed = false;

  private constructor(private readonly url: string) {}

  static async connect(url: string): Promise<Receiver> {
    const receiver = new Receiver(url);
    receiver.open();
    await until(`a connection to ${url}`, () => receiver.isConnected);
    return receiver;
  }

  get isConnected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  get payloads(): unknown[] {
    return this.texts.map((text) => JSON.parse(text) as unknown);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.again);
    this.socket?.terminate();
  }

  private open(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.texts.push(data.toString()));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      if (!this.isClosed) this.again = setTimeout(() => this.open(), 100);
    });
  }
}
