import type { Parked } from '../../../engine/parking.ts';
import {
  type Caller,
  isAllowedOrigin,
  Listening,
  type ListeningOwner,
  type ListeningPlace,
  samePath,
} from '../../../component-kit/link/listening.ts';
import type { TlsFiles } from '../../../component-kit/network/tls-files.ts';
import type { NamedReceivers } from './named-receivers.ts';
import { goingAway, Receivers, type ReceiversOwner, serviceRestart } from './receivers.ts';

/** Who owns an endpoint at present: the component of one run. */
export interface EndpointOwner extends ReceiversOwner {
  readonly path: string;
  readonly maxReceivers: number;
  /** How many may come from one address. */
  readonly mostOfOne: number;
  readonly allowedOrigins: readonly string[];
  readonly token: string;
  /** Those with a name; undefined where links are not spoken. */
  readonly named: NamedReceivers | undefined;
  readonly failed: (fault: Error) => void;
}

const goodbyeMs = 1000;
/** Listens for a moment, until it has an owner. */
const nobody: ListeningOwner = {
  path: '/',
  allowedOrigins: [],
  token: '',
  links: 'later',
  isFull: () => true,
  mostOfOne: 0,
  connected: ({ client }) => client.terminate(),
  refused: () => undefined,
  failed: () => undefined,
};

/**
 * Receivers that connect here. It can be handed from one run of a flow to the next: meanwhile those without a name stay
 * connected, those with one dial again, and more may come.
 */
export class Endpoint implements Parked {
  readonly receivers: Receivers;

  private constructor(
    private readonly listening: Listening,
    private owner: EndpointOwner,
  ) {
    this.receivers = new Receivers(owner);
    this.welcome(owner.named ? 'yes' : 'no');
  }

  /** Rejects with a FatalFault where the port cannot be had. */
  static async open(place: ListeningPlace, owner: EndpointOwner): Promise<Endpoint> {
    return new Endpoint(await Listening.open(place, nobody), owner);
  }

  get port(): number | null {
    return this.listening.port;
  }

  /** Whether it cannot listen any more. */
  get isBroken(): boolean {
    return this.listening.isBroken;
  }

  /** How many were refused since it listens, how many of them for want of room, from where, and what the last one was told. */
  get refused(): Pick<Listening, 'refused' | 'refusedForRoom' | 'crowded' | 'lastRefusal'> {
    return this.listening;
  }

  /** Whether receivers are refused at present. */
  get isFull(): boolean {
    return this.receivers.count + (this.owner.named?.count ?? 0) >= this.owner.maxReceivers;
  }

  /** Goes on for another owner, where the one before has left off. */
  handTo(owner: EndpointOwner, tls: TlsFiles): void {
    this.listening.renew(tls);
    const isSamePath = samePath(owner.path, this.owner.path);
    this.owner = owner;
    this.receivers.handTo(owner, (page) => isSamePath && isAllowedOrigin(page ?? {}, owner.allowedOrigins));
    this.welcome(owner.named ? 'yes' : 'no');
  }

  leave(): void {
    const hasLinks = this.owner.named !== undefined;
    this.owner = { ...this.owner, named: undefined, changed: () => undefined, failed: () => undefined };
    this.receivers.leave();
    this.welcome(hasLinks ? 'later' : 'no');
  }

  /** Nobody has taken it over. */
  async end(): Promise<void> {
    return this.close(serviceRestart, 'the flow was changed');
  }

  /** Says good-bye to everybody and stops listening; resolves when the port is free. */
  async close(code: number = goingAway, reason = 'the flow is stopped'): Promise<void> {
    await this.listening.close(async () => {
      await Promise.all([this.owner.named?.close(code, reason), this.receivers.close(goodbyeMs, code, reason)]);
    });
  }

  private welcome(links: ListeningOwner['links']): void {
    const { owner } = this;
    this.listening.handTo({
      path: owner.path,
      allowedOrigins: owner.allowedOrigins,
      token: owner.token,
      links,
      isFull: () => this.isFull,
      mostOfOne: owner.mostOfOne,
      connected: (caller) => this.take(caller),
      refused: () => owner.changed(),
      failed: (fault) => owner.failed(fault),
    });
  }

  private take({ client, socket, request, isLink, names }: Caller): void {
    if (isLink && this.owner.named) this.owner.named.serve({ client, socket }, names);
    else this.receivers.add(client, request);
  }
}
