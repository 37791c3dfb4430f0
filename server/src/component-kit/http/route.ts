import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FatalFault } from '../../engine/fault.ts';
import type { Parked } from '../../engine/parking.ts';
import { refuse } from './refuse.ts';

/** Who answers the requests to a path at present: the component of one run. */
export interface RouteOwner {
  take(request: IncomingMessage, response: ServerResponse): void;
  /** Somebody spoke no HTTP. */
  stranger(): void;
  /** The port cannot be listened on any more. */
  failed(fault: FatalFault): void;
}

/** Requests that wait for the next run of the flow; nothing of their bodies is read. */
const mostHeld = 256;
/** How soon who comes while the flow is changed should come again, in seconds. */
const laterSeconds = 1;

/** A path on a port. It can be handed from one run of a flow to the next: meanwhile requests wait. */
export class Route implements Parked {
  private owner: RouteOwner | undefined;
  private readonly held: { readonly request: IncomingMessage; readonly response: ServerResponse }[] = [];
  private hasEnded = false;

  constructor(
    private readonly given: {
      /** The flow and the component, for people. */
      readonly who: string;
      readonly port: () => number | null;
      readonly ended: () => Promise<void>;
    },
  ) {}

  get who(): string {
    return this.given.who;
  }

  get port(): number | null {
    return this.given.port();
  }

  handTo(owner: RouteOwner): void {
    this.owner = owner;
    for (const { request, response } of this.held.splice(0)) owner.take(request, response);
  }

  /** Hands out nothing more until somebody else takes over. */
  leave(): void {
    this.owner = undefined;
  }

  /** Gives the path up, and the port with the last one of it. Resolves when that is done. */
  async end(): Promise<void> {
    this.hasEnded = true;
    this.owner = undefined;
    for (const { request, response } of this.held.splice(0)) refuse(request, response, beingChanged);
    await this.given.ended();
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    if (this.owner) return this.owner.take(request, response);
    if (this.hasEnded || this.held.length >= mostHeld) return refuse(request, response, beingChanged);
    const one = { request, response };
    this.held.push(one);
    response.once('close', () => {
      const at = this.held.indexOf(one);
      if (at >= 0) this.held.splice(at, 1);
    });
  }

  stranger(): void {
    this.owner?.stranger();
  }

  fail(fault: FatalFault): void {
    this.owner?.failed(fault);
  }
}

const beingChanged = { status: 503, detail: 'the flow is being changed', retryAfterSeconds: laterSeconds } as const;
/** What is said where nobody has the path, and somebody had. */
export const atRest = { status: 503, detail: 'the flow of this path does not run now', retryAfterSeconds: 5 } as const;
