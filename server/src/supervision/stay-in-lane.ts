import type { Flow } from '@semstreams/contract';
import type { Lanes, RunListener } from '../lanes/lanes.ts';
import type { FlowRun } from './observed/flow-run.ts';

/** How long after the time in which a run should end its lane is ended, in milliseconds. */
const graceMs = 500;

/** The stay of one flow's runs in lanes, one at a time: begins it, and ends it in order or by force. */
export class StayInLane {
  private stays = false;
  private onStopped: (() => void) | undefined;

  constructor(
    private readonly lanes: Lanes,
    private readonly shutdownMs: number,
  ) {}

  /** Whether a run is in a lane, whatever it does there. */
  get isActive(): boolean {
    return this.stays;
  }

  begin(
    run: FlowRun,
    { lane, isCareful }: { readonly lane: string; readonly isCareful: boolean },
    listener: RunListener,
  ): void {
    this.stays = true;
    const { id, version, hands, counters } = run;
    this.lanes.start({ run: id, flow: version.flow, totals: counters.totals(), hands, isCareful }, lane, listener);
  }

  /** Resolves with undefined when it has ended in time; else with a sentence when its lane has ended: from then on it harms nobody but itself. */
  async end(
    run: FlowRun,
    follows: { readonly flow: Flow; readonly lane: string } | undefined,
    byForce: () => void,
  ): Promise<string | undefined> {
    let deadline: NodeJS.Timeout | undefined;
    const isInTime = await new Promise<boolean>((settle) => {
      this.onStopped = () => settle(true);
      deadline = setTimeout(() => settle(false), this.shutdownMs + graceMs);
      this.lanes.stop(run.id, this.shutdownMs, follows);
    });
    clearTimeout(deadline);
    this.onStopped = undefined;
    if (isInTime) this.lanes.release(run.id);
    else {
      byForce();
      await this.lanes.endLaneOf(run.id, `the flow "${run.flow}" did not end in time`);
    }
    this.stays = false;
    run.rates.forget();
    return isInTime ? undefined : `it did not end within ${this.shutdownMs / 1000} s`;
  }

  /** It said that it has stopped. */
  stopped(): void {
    this.onStopped?.();
  }

  /** Its lane has ended, and it with that. */
  lost(run: FlowRun): void {
    this.stays = false;
    run.rates.forget();
    this.onStopped?.();
  }
}
