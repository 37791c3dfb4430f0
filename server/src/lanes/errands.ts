import type { Tapped } from '@semstreams/contract';
import { FatalFault } from '../engine/fault.ts';
import type { FromLane, Looked, RunId, TapId } from './agreed/lane-protocol.ts';
import type { Lane } from './lane.ts';

interface Injection {
  readonly run: RunId;
  readonly settle: (problem: string | undefined) => void;
}

/** Who looks at a connection of a run. */
export interface TapListener {
  onTapped(tapped: Tapped): void;
  /** The run has ended, and the tap with it. */
  onEnd(): void;
}

/** How long an injected batch may take to get through a flow, in milliseconds. */
const injectMs = 10_000;
/** How long a lane may take to say what became of it after that, in milliseconds. */
const answerMs = 2000;
/** What is asked of runs while they run, and who waits for the answer. */
export class Errands {
  private readonly injections = new Map<number, Injection>();
  private lastInjection = 0;
  private readonly looks = new Map<
    number,
    { readonly run: RunId; readonly settle: (seen: Looked | undefined) => void }
  >();
  private lastLook = 0;
  private readonly taps = new Map<TapId, { readonly run: RunId; readonly listener: TapListener }>();
  private lastTap = 0;

  /** Rejects with a FatalFault that says why where the messages did not get through. */
  async inject(
    lane: Lane,
    asked: {
      readonly run: RunId;
      readonly component: string;
      readonly port: string | undefined;
      readonly texts: readonly string[];
    },
  ): Promise<void> {
    const { run } = asked;
    const request = (this.lastInjection += 1);
    let patience: NodeJS.Timeout | undefined;
    const problem = await new Promise<string | undefined>((settle) => {
      this.injections.set(request, { run, settle });
      const silent = () => settle('the lane of the flow does not answer; whether they are through is not known');
      const withdraw = () => {
        lane.post({ kind: 'withdraw', run, request });
        patience = setTimeout(silent, answerMs).unref();
      };
      patience = setTimeout(withdraw, injectMs).unref();
      lane.post({ kind: 'inject', request, ...asked });
    });
    clearTimeout(patience);
    this.injections.delete(request);
    if (problem !== undefined) throw new FatalFault(problem);
  }

  /** Looks at a connection until the run ends, or the call that it returns. */
  tap(
    lane: Lane,
    { run, connection }: { readonly run: RunId; readonly connection: number },
    listener: TapListener,
  ): () => void {
    const tap = (this.lastTap += 1);
    this.taps.set(tap, { run, listener });
    lane.post({ kind: 'tap', run, tap, connection });
    return () => {
      if (this.taps.delete(tap)) lane.post({ kind: 'untap', run, tap });
    };
  }

  /** What came by at the connections of a run; of one alone, its last messages. Rejects with a FatalFault where nobody answers. */
  async look(lane: Lane, run: RunId, connection: number | undefined): Promise<Looked> {
    const request = (this.lastLook += 1);
    let patience: NodeJS.Timeout | undefined;
    const seen = await new Promise<Looked | undefined>((settle) => {
      this.looks.set(request, { run, settle });
      patience = setTimeout(settle, answerMs, undefined).unref();
      lane.post({ kind: 'look', run, request, connection });
    });
    clearTimeout(patience);
    this.looks.delete(request);
    if (!seen) throw new FatalFault('the lane of the flow does not answer; try again in a moment');
    return seen;
  }

  /** A lane has answered. */
  answer(message: Extract<FromLane, { readonly kind: 'tapped' | 'injected' | 'looked' }>): void {
    if (message.kind === 'looked') this.looks.get(message.request)?.settle(message.seen);
    else if (message.kind === 'tapped') this.taps.get(message.tap)?.listener.onTapped(message.tapped);
    else this.injections.get(message.request)?.settle(message.problem);
  }

  /** The run has ended, or nobody answers for it any more. */
  forget(run: RunId): void {
    for (const injection of this.injections.values())
      if (injection.run === run) injection.settle('the flow ended before they were through');
    for (const look of this.looks.values()) if (look.run === run) look.settle(undefined);
    for (const [tap, { run: tapped, listener }] of this.taps) {
      if (tapped !== run) continue;
      this.taps.delete(tap);
      listener.onEnd();
    }
  }
}
