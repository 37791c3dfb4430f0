/** What a component leaves open for the next run of its flow, such as a socket with all that are connected to it. */
export interface Parked {
  /** Ends it in order, since nobody took it over. */
  end(): Promise<void> | void;
}

/** Where a component listens. */
export interface ListenAddress {
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
  /** Where several share a port, each has a path of its own. */
  readonly path?: string;
  /** How it speaks TLS, as a text; empty where it does not. */
  readonly secured?: string;
}

/** How long something stays parked, in milliseconds: long enough for a flow that failed to come back twice. */
const parkedMs = 10_000;

/** Keeps what runs of flows leave for the runs that follow them, by place. Whatever nobody takes over in time is ended. */
export class Parking {
  private readonly places = new Map<string, { readonly parked: Parked; readonly timer: NodeJS.Timeout }>();

  constructor(private readonly withinMs = parkedMs) {}

  park(place: string, parked: Parked): void {
    void this.adopt(place)?.end();
    const expire = () => {
      this.places.delete(place);
      void parked.end();
    };
    this.places.set(place, { parked, timer: setTimeout(expire, this.withinMs) });
  }

  /** Hands over what was left at a place; whoever takes it has to end it, or to park it again. */
  adopt(place: string): Parked | undefined {
    const found = this.places.get(place);
    if (!found) return undefined;
    clearTimeout(found.timer);
    this.places.delete(place);
    return found.parked;
  }
}

/** A place belongs to one flow and one component type; where any port will do, it belongs to one component. */
export const placeOf = (flow: string, component: { readonly id: string; readonly type: string }, at: ListenAddress) =>
  [
    flow,
    component.type,
    at.protocol,
    at.host,
    at.port,
    at.port === 0 ? component.id : '',
    at.path ?? '',
    at.secured ?? '',
  ].join(' ');
