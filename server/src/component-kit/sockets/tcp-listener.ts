import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createSecureServer, Server as SecureServer, type TLSSocket } from 'node:tls';
import { ByAddress, shareOfOne } from '../../access/by-address.ts';
import { FatalFault } from '../../engine/fault.ts';
import type { Parked } from '../../engine/parking.ts';
import { readTlsFiles, type TlsFiles } from '../network/tls-files.ts';
import { refusedByTls } from '../network/tls-problem.ts';
import { whyNot } from './datagrams.ts';
import { Strangers } from './strangers.ts';

/** What is done with the bytes of one sender. */
export interface Follower {
  /** Takes bytes in; what it returns is waited for before more of this sender is read. */
  take(chunk: Buffer): Promise<void> | undefined;
  /** The sender has said all that it has to say. Resolves when nothing is to be written back any more. */
  ended(): Promise<void> | void;
  /** Where it is there, a planned end reads no more, since the sender keeps what is not yet acknowledged. Resolves when the rest is. */
  readonly settled?: () => Promise<void>;
  /** Bytes that nobody can take any more; none where the sender is gone or cut off, with what it had begun. */
  lost(chunk?: Buffer): void;
  /** Lets go of the sender, for another run or for good. Returns what the next follower needs to go on. */
  leave(): unknown;
}

/** Who owns a listener at present: the component of one run. */
export interface ListenerOwner {
  /** Senders beyond these are refused. */
  readonly mostSenders: number;
  /** And those beyond these of one address; an eighth of all is kept for others where it is left out. */
  readonly mostOfOne?: number | undefined;
  /** A sender that says nothing for so long is given up, in milliseconds; 0 is never. */
  readonly idleMs: number;
  /** What is said to a sender that is refused. */
  refusal(refusing: Refusing): string;
  /** `carried` is what the follower of the run before has left, if there was one. */
  follow(socket: Socket, carried: unknown): Follower;
  /** Senders came, went, or were refused. */
  changed(): void;
  failed(fault: FatalFault): void;
}

/** Why senders are refused: all places are taken, or as many as one address may have. */
export interface Refusing {
  readonly why: 'full' | 'crowded';
  readonly address: string;
  readonly most: number;
}

interface Sender {
  follower: Follower;
  /** What the follower that left has carried; undefined as long as one follows. */
  carried: unknown;
  isWaiting: boolean;
  isCutOff: boolean;
}

/** Where a listener listens. */
export interface TcpPlace {
  readonly host: string;
  readonly port: number;
  /** TLS is spoken where a certificate is given; with `ca_file` senders have to show one of this authority. */
  readonly tls?: TlsFiles;
}

/** How long a sender may take to agree on TLS, in milliseconds. */
const handshakeMs = 10_000;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds: one that vanished is noticed in half a minute. */
const keepAliveMs = 10_000;
/** How long those who are refused may take to read why, in milliseconds, and how many of them may do so at once. */
const refusalMs = 1000;
const mostRefusals = 64;
/** How long a planned end waits for senders that go on sending, and for those that are silent, in milliseconds. */
const readOutMs = 5000;
const quietMs = 500;
/** How long it is read on to count what is lost, in milliseconds. */
const countMs = 100;

/**
 * Listens for senders. It can be handed from one run of a flow to the next: meanwhile it goes on listening, nobody is cut off
 * and nothing is read. At a planned end it says that it ends, and reads until the senders have ended, too.
 */
export class TcpListener implements Parked {
  private readonly senders = new Map<Socket, Sender>();
  private readonly byAddress = new ByAddress();
  private readonly refusals = new Set<Socket>();
  /** Those who have not agreed on TLS yet. */
  private readonly strangers = new Strangers();
  private lastRefusing: Refusing | undefined;
  private owner: ListenerOwner | undefined;
  private lastHeard = 0;
  /** Whether it cannot listen any more. */
  isBroken = false;
  /** Senders that were refused, and such that were given up because they said nothing, since it listens. */
  refused = 0;
  silent = 0;
  /** What one was refused for who did not agree on TLS, the last of them. */
  lastRefusal = '';

  private constructor(
    private readonly server: Server,
    owner: ListenerOwner,
  ) {
    this.owner = owner;
    if (server instanceof SecureServer) this.agreeOnTls(server);
    else server.on('connection', (socket) => this.admit(socket));
  }

  /** Rejects with a FatalFault where the port cannot be had, or a file of TLS is wrong. */
  static async open({ host, port, tls }: TcpPlace, owner: ListenerOwner): Promise<TcpListener> {
    const server = serverFor(tls);
    const listener = new TcpListener(server, owner);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new FatalFault(whyNot(error, host, port), { cause: error })));
      server.listen(port, host, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', (error) => {
      listener.isBroken = true;
      listener.owner?.failed(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    return listener;
  }

  get port(): number | null {
    const address = this.server.address();
    return typeof address === 'object' ? (address?.port ?? null) : null;
  }

  get count(): number {
    return this.senders.size;
  }

  /** Why the last one was refused, as long as there is no place for it. */
  get refusing(): Refusing | undefined {
    const { lastRefusing } = this;
    return lastRefusing && this.whyNot(lastRefusing.address);
  }

  /** Goes on for another owner, where the one before has left off. Whoever comes from now on is shown the certificate as it is now. */
  handTo(owner: ListenerOwner, tls?: TlsFiles): void {
    this.owner = owner;
    if (tls && this.server instanceof SecureServer) this.server.setSecureContext(readTlsFiles(tls));
    for (const [socket, sender] of this.senders) {
      sender.follower = owner.follow(socket, sender.carried);
      sender.carried = undefined;
      sender.isWaiting = false;
      socket.setTimeout(owner.idleMs);
      socket.resume();
    }
    owner.changed();
  }

  /** Reads no more until somebody else takes over. What was read before belongs to the owner that leaves. */
  leave(): void {
    this.owner = undefined;
    for (const [socket, sender] of this.senders) {
      socket.pause();
      sender.carried = sender.follower.leave();
    }
  }

  /** Reads what senders have handed over already, until they end as well or take too long, and closes. */
  async end(): Promise<void> {
    // whoever has connected already is let in
    await nextTurn();
    const closed = new Promise((resolve) => this.server.close(resolve));
    const begun = performance.now();
    this.lastHeard = begun;
    const isTaken = this.owner !== undefined;
    for (const [socket, sender] of this.senders) {
      const { settled } = sender.follower;
      if (isTaken && settled) {
        socket.pause();
        void settled().then(() => {
          socket.end();
          this.cutOff(socket, sender);
        });
      } else {
        socket.end();
        if (!isTaken) this.cutOff(socket, sender);
      }
    }
    while (isTaken && this.senders.size > 0) {
      const now = performance.now();
      if ([...this.senders.values()].some(({ isWaiting }) => isWaiting)) this.lastHeard = now;
      if (now - begun > readOutMs || now - this.lastHeard > quietMs) break;
      await sleep(5);
    }
    if (this.senders.size > 0) {
      for (const [socket, sender] of this.senders) this.cutOff(socket, sender);
      await sleep(countMs);
    }
    for (const socket of [...this.senders.keys(), ...this.refusals]) socket.destroy();
    this.strangers.end();
    await closed;
  }

  /** What it still says is counted and no longer taken in. */
  private cutOff(socket: Socket, sender: Sender): void {
    sender.isCutOff = true;
    socket.resume();
  }

  private agreeOnTls(server: SecureServer): void {
    server.on('connection', (socket: Socket) => this.strangers.meet(socket));
    server.on('secureConnection', (socket) => {
      this.strangers.taken(socket);
      this.admit(socket);
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      socket.destroy();
      this.refused += 1;
      this.lastRefusal = refusedByTls(error);
      this.owner?.changed();
    });
  }

  private admit(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const { owner } = this;
    // while it is between two owners nobody is refused: who comes then is few
    const refusing = this.whyNot(socket.remoteAddress ?? '');
    if (owner && refusing) return this.refuse(socket, owner, refusing);
    const leave = this.byAddress.enter(socket.remoteAddress);
    const sender: Sender = { follower: absent, carried: undefined, isWaiting: false, isCutOff: false };
    this.senders.set(socket, sender);
    socket.on('close', () => {
      this.senders.delete(socket);
      leave();
      sender.follower.lost();
      this.owner?.changed();
    });
    socket.on('timeout', () => this.timedOut(socket, sender));
    socket.on('data', (chunk) => this.read(socket, sender, chunk));
    socket.on('end', () => void this.finish(socket, sender));
    if (!owner) return void socket.pause();
    sender.follower = owner.follow(socket, undefined);
    socket.setTimeout(owner.idleMs);
    owner.changed();
  }

  private whyNot(address: string): Refusing | undefined {
    if (!this.owner) return undefined;
    const { mostSenders, mostOfOne = shareOfOne(mostSenders) } = this.owner;
    if (this.senders.size >= mostSenders) return { why: 'full', address, most: mostSenders };
    return this.byAddress.of(address) >= mostOfOne ? { why: 'crowded', address, most: mostOfOne } : undefined;
  }

  private read(socket: Socket, sender: Sender, chunk: Buffer): void {
    this.lastHeard = performance.now();
    if (sender.isCutOff) return sender.follower.lost(chunk);
    const wait = sender.follower.take(chunk);
    if (!wait || sender.isWaiting) return;
    const { owner } = this;
    sender.isWaiting = true;
    socket.pause();
    void wait.then(() => {
      if (this.owner !== owner) return;
      sender.isWaiting = false;
      socket.resume();
    });
  }

  private async finish(socket: Socket, sender: Sender): Promise<void> {
    if (!sender.isCutOff) await sender.follower.ended();
    socket.end();
  }

  private timedOut(socket: Socket, sender: Sender): void {
    // one that is not listened to may be silent
    if (sender.isWaiting || !this.owner) return void socket.setTimeout(this.owner?.idleMs ?? 0);
    this.silent += 1;
    socket.end();
    socket.destroySoon();
  }

  private refuse(socket: Socket, owner: ListenerOwner, refusing: Refusing): void {
    this.refused += 1;
    this.lastRefusing = refusing;
    if (this.refusals.size >= mostRefusals) socket.destroy();
    else {
      this.refusals.add(socket);
      const force = setTimeout(() => socket.destroy(), refusalMs);
      socket.on('close', () => {
        clearTimeout(force);
        this.refusals.delete(socket);
      });
      socket.resume();
      socket.end(owner.refusal(refusing));
    }
    owner.changed();
  }
}

const serverFor = (tls: TlsFiles | undefined): Server => {
  const options = { allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };
  if (!tls || tls.cert_file === '') return createServer(options);
  const asksForCertificates = tls.ca_file !== '';
  return createSecureServer({
    ...options,
    ...readTlsFiles(tls),
    requestCert: asksForCertificates,
    rejectUnauthorized: asksForCertificates,
    handshakeTimeout: handshakeMs,
  });
};

/** Follows those that come while nobody owns the listener: nothing is read of them yet. */
const absent: Follower = {
  take: () => undefined,
  ended: () => undefined,
  lost: () => undefined,
  leave: () => undefined,
};

const nextTurn = async (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
