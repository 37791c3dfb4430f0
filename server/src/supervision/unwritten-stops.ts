import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployments, Wish } from './deployments.ts';

/** How soon it is tried again, in milliseconds. */
const againMs = 1000;

/**
 * Stops that were said while it could not be written down that a flow should not run. They hold at once, and are written down
 * as soon as that works, unless somebody says something else of the flow before.
 */
export class UnwrittenStops {
  private readonly stops = new Map<string, Wish>();

  constructor(
    private readonly deployments: Pick<Deployments, 'look' | 'want'>,
    private readonly signal: AbortSignal,
  ) {}

  /** @param wish with the revision of the wish that it follows */
  add(wish: Wish): void {
    const { flow } = wish.deployment;
    const isKnown = this.stops.has(flow);
    this.stops.set(flow, wish);
    if (!isKnown) void this.writeDown(flow);
  }

  /** Whether what was read is what such a stop followed, and so is over. */
  overrules({ deployment, revision }: Wish): boolean {
    return this.stops.get(deployment.flow)?.revision === revision;
  }

  private async writeDown(flow: string): Promise<void> {
    while (!this.signal.aborted && !(await this.wasWritten(flow)))
      await sleep(againMs, undefined, { signal: this.signal }).catch(() => undefined);
    this.stops.delete(flow);
  }

  private async wasWritten(flow: string): Promise<boolean> {
    try {
      const { deployment, revision } = this.stops.get(flow)!;
      const found = await this.deployments.look(flow);
      if (!found || found.revision === revision) await this.deployments.want(flow, deployment.version, 'stopped');
      return true;
    } catch {
      // NATS is still away
      return false;
    }
  }
}
