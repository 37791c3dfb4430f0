import { createSocket, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { FatalFault } from '../../engine/fault.ts';
import type { Parked } from '../../engine/parking.ts';
import { watchLoss, whyNot } from './datagrams.ts';
import { addressOf } from '../fields/fields.ts';

/** Who owns a listener at present: the component of one run. */
export interface DatagramOwner {
  take(datagram: Buffer, address: string, port: number): void;
  /** Packets that the system, or the time between two owners, had no room for. */
  lost(packets: number): void;
  failed(fault: FatalFault): void;
}

export interface DatagramOptions {
  readonly host: string;
  readonly port: number;
  readonly receiveBuffer: number;
  /** A multicast group to join. */
  readonly group?: string | undefined;
  /** Name of the interface on which it is joined; otherwise the one of `host`, or all. */
  readonly interface?: string | undefined;
}

interface Kept {
  readonly datagram: Buffer;
  readonly address: string;
  readonly port: number;
}

/** What may come in between two owners, in bytes. */
const mostKept = 4 * 1024 ** 2;
/** How long a planned end reads on while packets come, in milliseconds. */
const readOutMs = 500;

/**
 * Listens for UDP packets. Where one interface is named it hears what comes to that interface by broadcast or to the group,
 * too, for which it takes further sockets. It can be handed from one run of a flow to the next: meanwhile it keeps what comes.
 */
export class DatagramListener implements Parked {
  private owner: DatagramOwner | undefined;
  private kept: Kept[] = [];
  private keptBytes = 0;
  private lostMeanwhile = 0;
  private taken = 0;
  /** Whether it cannot listen any more. */
  isBroken = false;
  private readonly endWatch: () => void;
  private place: ReturnType<typeof placeOf>;

  private constructor(
    private readonly options: DatagramOptions,
    private readonly sockets: readonly [Socket, ...Socket[]],
    owner: DatagramOwner,
  ) {
    this.owner = owner;
    for (const socket of sockets) {
      socket.on('message', (datagram, { address, port }) => this.take({ datagram, address: addressOf(address), port }));
      socket.on('error', (error) => {
        this.isBroken = true;
        this.owner?.failed(new FatalFault(whyNot(error, options.host, options.port), { cause: error }));
      });
    }
    this.endWatch = watchLoss(
      sockets[0],
      () => this.taken,
      (packets) => this.lose(packets),
    );
    this.place = placeOf(sockets[0]);
  }

  /** Rejects with a FatalFault that a person understands where the port cannot be had, or the group not be joined. */
  static async open(options: DatagramOptions, owner: DatagramOwner): Promise<DatagramListener> {
    const { host, port, group } = options;
    const first = await bind(options, host, port, group !== undefined);
    const others: Socket[] = [];
    try {
      const bound = first.address().port;
      for (const address of broadcastsOf(host)) {
        const socket = await bind(options, address, bound, true).catch(() => undefined);
        if (socket) others.push(socket);
      }
      if (group !== undefined) {
        const listening = await listenerOf(group, options, first, bound);
        if (listening !== first) others.push(listening);
        join(listening, group, options);
      }
    } catch (thrown) {
      for (const socket of [first, ...others]) socket.close();
      throw thrown;
    }
    return new DatagramListener(options, [first, ...others], owner);
  }

  /** Whether it is what somebody with these options wants. */
  suits(wanted: DatagramOptions): boolean {
    const { group, interface: name } = this.options;
    return !this.isBroken && wanted.group === group && wanted.interface === name;
  }

  /** Goes on for another owner, with what has come meanwhile. */
  handTo(owner: DatagramOwner, receiveBuffer: number): void {
    this.owner = owner;
    for (const socket of this.sockets) sizeBuffer(socket, receiveBuffer);
    this.place = placeOf(this.sockets[0]);
    const { kept, lostMeanwhile } = this;
    this.kept = [];
    this.keptBytes = this.lostMeanwhile = 0;
    if (lostMeanwhile > 0) owner.lost(lostMeanwhile);
    for (const packet of kept) this.take(packet);
  }

  leave(): void {
    this.owner = undefined;
  }

  /** Sends from the port that it listens on. False where it cannot; whether it arrives nobody knows. */
  send(datagram: Uint8Array, port: number, host: string): boolean {
    if (this.isBroken) return false;
    const isMapped = isIPv6(this.options.host) && isIPv4(host);
    // what cannot be sent is lost as if on its way
    this.sockets[0].send(datagram, port, isMapped ? `::ffff:${host}` : host, () => undefined);
    return true;
  }

  /** Reads what lies in the system's buffer, unless there is no end of it, and closes. Resolves when the port is free. */
  async end(): Promise<void> {
    const begun = performance.now();
    for (let before = -1; before !== this.taken && performance.now() - begun < readOutMs;) {
      before = this.taken;
      await nextTurn();
    }
    this.endWatch();
    await Promise.all(
      this.sockets.map(async (socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }

  /** Where it listens, and what the system really gave it for bursts: it may be less than was asked for. */
  facts(): ReturnType<typeof placeOf> {
    return this.place;
  }

  private take(packet: Kept): void {
    const { datagram, address, port } = packet;
    this.taken += 1;
    if (this.owner) return this.owner.take(datagram, address, port);
    if (this.keptBytes + datagram.length > mostKept) return this.lose(1);
    this.kept.push(packet);
    this.keptBytes += datagram.length;
  }

  private lose(packets: number): void {
    if (this.owner) this.owner.lost(packets);
    else this.lostMeanwhile += packets;
  }
}

/** What the run before has left where it suits, or a listener of one's own. */
export const takeOver = async (
  before: DatagramListener | undefined,
  options: DatagramOptions,
  owner: DatagramOwner,
): Promise<DatagramListener> => {
  if (before?.suits(options)) {
    before.handTo(owner, options.receiveBuffer);
    return before;
  }
  await before?.end();
  return DatagramListener.open(options, owner);
};

const anyIpv4 = '0.0.0.0';
const anyIpv6 = '::';

/** The socket that hears a group: one for all addresses hears it already, if it is of the same family. */
const listenerOf = async (group: string, options: DatagramOptions, first: Socket, port: number): Promise<Socket> => {
  if (options.host === (isIPv6(group) ? anyIpv6 : anyIpv4)) return first;
  return isIPv6(group) ? bind(options, anyIpv6, port, true, { ipv6Only: true }) : bind(options, group, port, true);
};

const bind = async (
  options: DatagramOptions,
  host: string,
  port: number,
  isShared: boolean,
  more: { readonly ipv6Only?: boolean } = {},
): Promise<Socket> => {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', reuseAddr: isShared, ...more });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    socket.bind(port, host, resolve);
  });
  socket.removeAllListeners('error');
  sizeBuffer(socket, options.receiveBuffer);
  return socket;
};

const placeOf = (socket: Socket): { readonly listening: number; readonly receive_buffer_bytes: number } => ({
  listening: socket.address().port,
  receive_buffer_bytes: socket.getRecvBufferSize(),
});

const sizeBuffer = (socket: Socket, bytes: number): void => {
  try {
    socket.setRecvBufferSize(bytes);
  } catch {
    // the system allows less: it works with what it has, and loses more in bursts
  }
};

const interfaces = () => Object.values(networkInterfaces()).flatMap((each) => each ?? []);

/** The broadcast addresses of the interface that has an address; none where that is no single interface. */
export const broadcastsOf = (
  host: string,
  all: readonly Pick<Interface, 'address' | 'netmask' | 'internal'>[] = interfaces(),
) => {
  const found = all.find(({ address, internal }) => address === host && !internal);
  if (!found || isIPv6(host)) return [];
  const mask = found.netmask.split('.').map(Number);
  const directed = host.split('.').map((part, index) => Number(part) | (~mask[index]! & 0xff));
  return [directed.join('.'), '255.255.255.255'].filter((address) => address !== host);
};
type Interface = NonNullable<ReturnType<typeof networkInterfaces>[string]>[number];

/** Where a group is joined, as the system wants to be told: addresses for IPv4, names for IPv6; undefined is its own choice. */
const placesToJoin = (group: string, options: DatagramOptions): readonly (string | undefined)[] => {
  const { host, interface: name } = options;
  const all = Object.entries(networkInterfaces());
  if (name !== undefined && !all.some(([each]) => each === name))
    throw new FatalFault(`this machine has no interface "${name}"; it has ${all.map(([each]) => each).join(', ')}`);
  const family = isIPv6(group) ? 'IPv6' : 'IPv4';
  const found = all
    .filter(([each]) => name === undefined || each === name)
    .flatMap(([each, addresses = []]) =>
      addresses
        .filter((address) => address.family === family && isOfHost(address.address, host, name))
        .map(({ address }) => (family === 'IPv6' ? `::%${each}` : address)),
    );
  if (name !== undefined && found.length === 0)
    throw new FatalFault(`the interface "${name}" has no address of ${family}, so it hears no group of it`);
  return name !== undefined || isNamed(host) ? [...new Set(found)] : [undefined, ...new Set(found)];
};

const isNamed = (host: string): boolean => host !== anyIpv4 && host !== anyIpv6;
const isOfHost = (address: string, host: string, name: string | undefined): boolean =>
  name !== undefined || !isNamed(host) || isIPv6(host) !== isIPv6(address) || address === host;

const join = (socket: Socket, group: string, options: DatagramOptions): void => {
  const places = placesToJoin(group, options);
  let problem: unknown;
  let joined = 0;
  for (const place of places)
    try {
      socket.addMembership(group, place);
      joined += 1;
    } catch (thrown) {
      problem ??= thrown;
    }
  if (joined > 0) return;
  const sentence = `the group ${group} cannot be joined: ${(problem as Error).message}`;
  throw new FatalFault(sentence, { cause: problem });
};

const nextTurn = async (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
