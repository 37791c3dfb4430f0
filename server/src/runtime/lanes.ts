import { Inject, Injectable } from '@nestjs/common';
import type { Flow, Tapped } from '@semstreams/contract';
import { FatalFault } from '../engine/fault.ts';
import type { LaneNatsSettings } from '../nats/lane-nats.ts';
import { Lane, type LaneEnd } from './lane.ts';
import type { FromLane, RunId, TapId } from './lane-protocol.ts';
import type { Counters } from '../engine/counters.ts';

/** What every lane gets, from the settings and the catalogue. */
export interface LaneSettings {
  readonly dataDir: string;
  readonly secretsDir: string;
  /** Files of component types that do not come with the product, by type. */
  readonly ownComponents: () => Readonly<Record<string, string>>;
  readonly nats: () => LaneNatsSettings;
  readonly memoryLimitBytes: number;
  readonly stallMs: number;
}
export const LaneSettings = Symbol('LaneSettings');

/** What a run does in its lane, and how the lane may end under it. */
export interface RunListener {
  onMessage(message: Exclude<FromLane, { readonly kind: 'ready' | 'injected' | 'tapped' }>): void;
  /** The lane ended. `isCulprit` is undefined where nobody knows which of its flows it was. */
  onLaneEnd(end: LaneEnd, isCulprit: boolean | undefined): void;
}

interface Placed {
  readonly lane: Lane;
  readonly listener: RunListener;
  readonly isAlone: boolean;
}

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

/** Which flow runs in which lane: one shared lane for all, and lanes of their own for those that want or need one. */
@Injectable()
export class Lanes {
  private shared: Lane | undefined;
  private readonly placed = new Map<RunId, Placed>();
  private readonly injections = new Map<number, Injection>();
  private lastInjection = 0;
  private readonly taps = new Map<TapId, { readonly run: RunId; readonly listener: TapListener }>();
  private lastTap = 0;

  constructor(@Inject(LaneSettings) private readonly settings: LaneSettings) {}

  start(run: { id: RunId; flow: Flow; counters: Counters; isAlone: boolean }, listener: RunListener): void {
    const lane = run.isAlone ? this.open() : (this.shared ??= this.open());
    this.placed.set(run.id, { lane, listener, isAlone: run.isAlone });
    lane.post({ kind: 'start', run: run.id, flow: run.flow, counters: run.counters.memory });
  }

  /** Asks a run to drain and end; its listener hears `stopped`. `next` is what follows it, and where. */
  stop(run: RunId, withinMs: number, next?: { readonly flow: Flow; readonly isAlone: boolean }): void {
    const placed = this.placed.get(run);
    const staysHere = next !== undefined && !next.isAlone && !placed?.isAlone;
    placed?.lane.post({ kind: 'stop', run, withinMs, next: staysHere ? next.flow : undefined });
  }

  /** Ends what is left of a run. A lane of its own is closed with it. */
  async release(run: RunId): Promise<void> {
    const placed = this.placed.get(run);
    this.forget(run);
    if (placed?.isAlone) await placed.lane.close();
  }

  /** Rejects with a FatalFault that says why where the messages did not get through. */
  async inject(run: RunId, component: string, port: string | undefined, texts: readonly string[]): Promise<void> {
    const lane = this.placed.get(run)?.lane;
    if (!lane) throw new FatalFault('the flow does not run');
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
      lane.post({ kind: 'inject', run, request, component, port, texts });
    });
    clearTimeout(patience);
    this.injections.delete(request);
    if (problem !== undefined) throw new FatalFault(problem);
  }

  /** Looks at a connection until the run ends, or the call that it returns. */
  tap(run: RunId, connection: number, listener: TapListener): () => void {
    const lane = this.placed.get(run)?.lane;
    if (!lane) throw new FatalFault('the flow does not run');
    const tap = (this.lastTap += 1);
    this.taps.set(tap, { run, listener });
    lane.post({ kind: 'tap', run, tap, connection });
    return () => {
      if (this.taps.delete(tap)) lane.post({ kind: 'untap', run, tap });
    };
  }

  async close(): Promise<void> {
    const lanes = new Set([...this.placed.values()].map(({ lane }) => lane));
    if (this.shared) lanes.add(this.shared);
    for (const run of this.placed.keys()) this.forget(run);
    this.shared = undefined;
    await Promise.all([...lanes].map(async (lane) => lane.close()));
  }

  private open(): Lane {
    const { dataDir, secretsDir, ownComponents, nats, memoryLimitBytes, stallMs } = this.settings;
    const lane: Lane = new Lane({
      setup: { dataDir, secretsDir, ownComponents: ownComponents(), nats: nats() },
      memoryLimitBytes,
      stallMs,
      onMessage: (message) => this.route(message),
      onEnd: (end) => this.ended(lane, end),
    });
    return lane;
  }

  private route(message: FromLane): void {
    if (message.kind === 'ready') return;
    if (message.kind === 'tapped') this.taps.get(message.tap)?.listener.onTapped(message.tapped);
    else if (message.kind === 'injected') this.injections.get(message.request)?.settle(message.problem);
    else this.placed.get(message.run)?.listener.onMessage(message);
  }

  /** Nobody answers for this run any more. */
  private forget(run: RunId): void {
    this.placed.delete(run);
    for (const injection of this.injections.values())
      if (injection.run === run) injection.settle('the flow ended before they were through');
    for (const [tap, { run: tapped, listener }] of this.taps) {
      if (tapped !== run) continue;
      this.taps.delete(tap);
      listener.onEnd();
    }
  }

  private ended(lane: Lane, end: LaneEnd): void {
    if (this.shared === lane) this.shared = undefined;
    if (end.cause === 'closed') return;
    const runs = [...this.placed].filter(([, placed]) => placed.lane === lane);
    for (const [run] of runs) this.forget(run);
    const culprit = runs.length === 1 ? runs[0]![0] : end.run;
    for (const [run, { listener }] of runs)
      listener.onLaneEnd(end, culprit === undefined ? undefined : culprit === run);
  }
}
