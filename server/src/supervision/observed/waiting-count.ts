import type { Plan } from '../../engine/plan.ts';
import type { Waiting } from '../../nats/streams.ts';
import type { FlowRun } from './flow-run.ts';

/** How often it is counted again what waits for a flow that does not run, in milliseconds. */
const restMs = 5000;

/** What waits in each connection with a buffer, by the index of the connection. */
export type WaitingCounts = ReadonlyMap<number, Waiting>;

/**
 * What waits for a flow that does not run, and so cannot tell. Nobody adds to it then, but an operator may take it away, so it
 * is counted again for as long as something waits.
 */
export class WaitingCount {
  private isCounting = false;
  private countedAt = -Infinity;

  constructor(private readonly count: (plan: Plan) => Promise<WaitingCounts>) {}

  /** Notes it in the counters of a run, unless `isOver` when it is known. */
  async note(run: FlowRun, isOver = () => false): Promise<void> {
    const counts = await this.count(run.plan);
    if (isOver()) return;
    for (const [index, { messages, bytes, oldestAt }] of counts)
      run.counters.setWaiting(index, messages, bytes, oldestAt);
  }

  /** Counts again where that is due, and says whether it does; `now` is monotonic, in milliseconds. */
  refresh(run: FlowRun, now: number, isOver: () => boolean): boolean {
    if (this.isCounting || now < this.countedAt + restMs || !hasWaiting(run)) return false;
    [this.isCounting, this.countedAt] = [true, now];
    this.note(run, isOver)
      // the store is away: what was counted last stands until it is back
      .catch(() => undefined)
      .finally(() => (this.isCounting = false));
    return true;
  }
}

const hasWaiting = ({ plan, counters }: FlowRun): boolean =>
  plan.connections.some(({ index }) => counters.connection(index).waiting > 0);
