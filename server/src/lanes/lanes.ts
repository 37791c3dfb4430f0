import { Inject, Injectable } from '@nestjs/common';
import type { Flow } from '@semstreams/contract';
import { FatalFault, sentenceOf } from '../engine/fault.ts';
import type { LaneNatsSettings } from '../nats/lane-nats.ts';
import type { Reach } from '../reach/reach.ts';
import type { RoomAsked, StoreRoom } from '../nats/storage/store-room.ts';
import { Lane, type LaneEnd } from './lane.ts';
import { Errands, type TapListener } from './errands.ts';
import { judge, type Verdict } from './judge-lane-end.ts';
import { memoryOf } from '../machine/process-usage.ts';
import type { FromLane, FromRun, Looked, RunId, RunOrder } from './agreed/lane-protocol.ts';

/** What every lane gets, from the settings and the catalogue. */
export interface LaneSettings {
  readonly dataDir: string;
  readonly diskStopAt: number;
  readonly secretsDir: string;
  readonly reach: Reach;
  /** Files of component types that do not come with the product, by type. */
  readonly ownComponents: () => Readonly<Record<string, string>>;
  readonly nats: () => LaneNatsSettings;
  readonly isDiskFull: () => boolean;
  /** Calls when that has changed. */
  readonly onDiskChange: (listener: () => void) => void;
  /** What all buffers together may still fill. */
  readonly room: Pick<StoreRoom, 'ask' | 'forget'>;
  readonly memoryLimitBytes: number;
  readonly stallMs: number;
}
export const LaneSettings = Symbol('LaneSettings');

/** What a run does in its lane, and how the lane may end under it. */
export interface RunListener {
  onMessage(message: FromRun): void;
  onLaneEnd(end: LaneEnd, verdict: Verdict): void;
}

interface Placed {
  readonly lane: Lane;
  readonly listener: RunListener;
  /** Whether all its components are open. */
  isOpen: boolean;
}

/** How long a lane without a flow is kept: a flow that is deployed again goes on in the same process. */
const lingerMs = 10_000;

/** The lane of all flows that neither want nor need another. */
export const sharedLane = 'shared';
/** The lane of one flow alone. */
export const laneOf = (flow: string): string => `own-${flow}`;

/** Which flow runs in which lane. A lane is started with its first flow and ended a while after its last. */
@Injectable()
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly alive = new Set<Lane>();
  private readonly lingering = new Map<Lane, NodeJS.Timeout>();
  private readonly placed = new Map<RunId, Placed>();
  private readonly errands = new Errands();
  private lastCompany = 0;
  private lastLane = 0;
  private readonly listeners = new Set<(lane: Lane) => void>();
  /** However this process ends, short of a kill: no lane stays behind. */
  private readonly endAll = (): void => {
    for (const lane of this.alive) lane.kill({ cause: 'closed', sentence: 'the server has ended' });
  };

  constructor(@Inject(LaneSettings) private readonly settings: LaneSettings) {
    settings.onDiskChange(() => {
      for (const lane of this.alive) lane.post({ kind: 'disk', isFull: settings.isDiskFull() });
    });
    process.once('exit', this.endAll);
  }

  /** Starts a flow in the lane of that place. */
  start(order: RunOrder, place: string, listener: RunListener): void {
    const known = this.lanes.get(place);
    const lane = known && !known.isEnding ? known : this.open(place);
    clearTimeout(this.lingering.get(lane));
    this.placed.set(order.run, { lane, listener, isOpen: false });
    lane.post({ kind: 'start', ...order });
  }

  /** Asks a run to drain and end; its listener hears `stopped`. `next` is what follows it, and where. */
  stop(run: RunId, withinMs: number, next?: { readonly flow: Flow; readonly lane: string }): void {
    const lane = this.placed.get(run)?.lane;
    lane?.post({ kind: 'stop', run, withinMs, next: next?.lane === lane.place ? next.flow : undefined });
  }

  /** A run has ended in order. */
  release(run: RunId): void {
    const lane = this.placed.get(run)?.lane;
    this.forget(run);
    if (lane && this.runsOf(lane).length === 0) this.linger(lane);
  }

  /** A run does not end, so its lane does; the others of that lane come back at once. Resolves when the process is gone. */
  async endLaneOf(run: RunId, sentence: string): Promise<void> {
    const lane = this.placed.get(run)?.lane;
    this.forget(run);
    lane?.kill({ cause: 'unresponsive', sentence });
    await lane?.gone;
  }

  /** All lanes that live. */
  all(): readonly Lane[] {
    return [...this.alive];
  }

  /** What the lanes hold, what they share with each other counted for each. */
  memoryBytes(): number {
    return this.all().reduce((sum, { processId }) => sum + (memoryOf(processId) ?? 0), 0);
  }

  /** Is told of each lane that is started from now on, until the call that it returns. */
  onOpen(listener: (lane: Lane) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** When the counters of a run were told last, by the machine's monotonic clock in milliseconds. */
  countedAt(run: RunId): number | undefined {
    return this.placed.get(run)?.lane.countedAt;
  }

  /** The process of a run that has its lane for itself. */
  processOf(run: RunId): number | undefined {
    const lane = this.placed.get(run)?.lane;
    return lane && this.runsOf(lane).length === 1 ? lane.processId : undefined;
  }

  /** Rejects with a FatalFault that says why where the messages did not get through. */
  async inject(run: RunId, component: string, port: string | undefined, texts: readonly string[]): Promise<void> {
    await this.errands.inject(this.laneOf(run), { run, component, port, texts });
  }

  /** Looks at a connection until the run ends, or the call that it returns. */
  tap(run: RunId, connection: number, listener: TapListener): () => void {
    return this.errands.tap(this.laneOf(run), { run, connection }, listener);
  }

  /** What came by at its connections; see `Errands.look`. */
  async look(run: RunId, connection?: number): Promise<Looked> {
    return this.errands.look(this.laneOf(run), run, connection);
  }

  async close(): Promise<void> {
    for (const run of this.placed.keys()) this.forget(run);
    await Promise.all(this.all().map(async (lane) => this.closeLane(lane)));
    process.off('exit', this.endAll);
  }

  private laneOf(run: RunId): Lane {
    const lane = this.placed.get(run)?.lane;
    if (!lane) throw new FatalFault('the flow does not run');
    return lane;
  }

  private open(place: string): Lane {
    const name = `${place}-${(this.lastLane += 1)}`;
    const { dataDir, diskStopAt, secretsDir, reach, ownComponents, nats, isDiskFull, memoryLimitBytes, stallMs } =
      this.settings;
    const lane: Lane = new Lane({
      place,
      setup: {
        name,
        dataDir,
        diskStopAt,
        secretsDir,
        reach,
        ownComponents: ownComponents(),
        nats: nats(),
        isDiskFull: isDiskFull(),
      },
      memoryLimitBytes,
      stallMs,
      onMessage: (message) => (message.kind === 'room' ? void this.share(lane, message) : this.route(message)),
      onEnd: (end) => this.ended(lane, end),
    });
    this.lanes.set(place, lane);
    this.alive.add(lane);
    for (const listener of this.listeners) listener(lane);
    return lane;
  }

  private linger(lane: Lane): void {
    clearTimeout(this.lingering.get(lane));
    const close = (): void => void this.closeLane(lane);
    this.lingering.set(lane, setTimeout(close, lingerMs).unref());
  }

  private async closeLane(lane: Lane): Promise<void> {
    this.leaveOut(lane);
    await lane.close();
  }

  /** Nothing is started in this lane any more. */
  private leaveOut(lane: Lane): void {
    if (this.lanes.get(lane.place) === lane) this.lanes.delete(lane.place);
    clearTimeout(this.lingering.get(lane));
    this.lingering.delete(lane);
  }

  private async share(lane: Lane, asked: RoomAsked): Promise<void> {
    try {
      const upTo = await this.settings.room.ask(lane.name, asked);
      if (asked.wants > 0) lane.post({ kind: 'room', upTo });
    } catch (thrown) {
      lane.post({ kind: 'room', problem: sentenceOf(thrown) });
    }
  }

  private route(message: FromLane): void {
    if (message.kind === 'tapped' || message.kind === 'injected' || message.kind === 'looked')
      this.errands.answer(message);
    else if ('run' in message) {
      const placed = this.placed.get(message.run);
      if (placed && message.kind === 'running') placed.isOpen = true;
      placed?.listener.onMessage(message);
    }
  }

  /** Nobody answers for this run any more. */
  private forget(run: RunId): void {
    this.placed.delete(run);
    this.errands.forget(run);
  }

  private ended(lane: Lane, end: LaneEnd): void {
    this.leaveOut(lane);
    this.alive.delete(lane);
    this.settings.room.forget(lane.name);
    const runs = this.runsOf(lane);
    const judged = runs.map((run) => ({ run, ...this.placed.get(run)! }));
    for (const run of runs) this.forget(run);
    const verdicts = judge(judged, end, () => this.newCompany());
    judged.forEach(({ listener }, index) => listener.onLaneEnd(end, verdicts[index]!));
  }

  private newCompany(): string {
    return `company-${(this.lastCompany += 1)}`;
  }

  private runsOf(lane: Lane): RunId[] {
    return [...this.placed].filter(([, placed]) => placed.lane === lane).map(([run]) => run);
  }
}
