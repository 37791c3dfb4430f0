import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What became of numbers that were sent. */
export interface Account {
  readonly lost: number;
  /** Arrivals beyond the first of each number. */
  readonly doubles: number;
  /** First arrivals that came after a higher number. */
  readonly disorder: number;
}

/**
 * The far side of a `ledger_output`: writes down every number that arrives and answers each batch when it is written
 * down. It can be told to refuse, to be silent, and to be away.
 */
export class Ledger {
  private readonly arrivals = new Map<number, number>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private highest = -1;
  private disorder = 0;
  private known = 0;
  private held: (() => void)[] | undefined;

  private constructor(private chosenPort: number) {}

  static async open(): Promise<Ledger> {
    const ledger = new Ledger(0);
    await ledger.comeBack();
    onTestFinished(async () => ledger.goAway());
    return ledger;
  }

  get port(): number {
    return this.chosenPort;
  }

  /** How many different numbers have arrived. */
  get count(): number {
    return this.arrivals.size;
  }

  /** How many messages have arrived, doubles too. */
  get total(): number {
    return this.known;
  }

  has(number: number): boolean {
    return this.arrivals.has(number);
  }

  account(numbers: Iterable<number>): Account {
    let lost = 0;
    for (const number of numbers) if (!this.arrivals.has(number)) lost += 1;
    return { lost, doubles: this.known - this.arrivals.size, disorder: this.disorder };
  }

  /** Takes batches and does not answer, until `answer`. */
  fallSilent(): void {
    this.held ??= [];
  }

  answer(): void {
    const { held } = this;
    this.held = undefined;
    for (const each of held ?? []) each();
  }

  async goAway(): Promise<void> {
    const { server } = this;
    for (const socket of this.sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
    this.server = undefined;
  }

  async comeBack(): Promise<void> {
    const server = createServer((socket) => this.take(socket));
    await new Promise<void>((resolve) => server.listen(this.chosenPort, '127.0.0.1', resolve));
    this.chosenPort = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private take(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (line !== '') this.write(Number(line));
        else if (this.held) this.held.push(() => socket.write('\n'));
        else socket.write('\n');
      }
    });
  }

  private write(number: number): void {
    this.known += 1;
    const before = this.arrivals.get(number) ?? 0;
    this.arrivals.set(number, before + 1);
    if (before > 0) return;
    if (number < this.highest) this.disorder += 1;
    else this.highest = number;
  }
}
