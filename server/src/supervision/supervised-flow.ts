import type { Deployment, Flow, FlowOverview, FlowStatus, TypesById, Version } from '@semstreams/contract';
import type { DropReasons } from '../engine/counters.ts';
import { FatalFault, sentenceOf } from '../engine/fault.ts';
import type { Plan } from '../engine/plan.ts';
import { Comeback } from './comeback.ts';
import { DeadLetterCount } from './observed/dead-letter-count.ts';
import type { Wish } from './deployments.ts';
import { FlowLog } from './observed/flow-log.ts';
import { FlowRun } from './observed/flow-run.ts';
import { flowOverview, flowState, flowStatus, type Problem, type StatusExtras } from './observed/flow-status.ts';
import { readHands } from '../lanes/agreed/hand-file.ts';
import type { LaneEnd } from '../lanes/lane.ts';
import type { Verdict } from '../lanes/judge-lane-end.ts';
import { laneOf, type Lanes, sharedLane, type TapListener } from '../lanes/lanes.ts';
import type { Unclean, UncleanEnds } from '../lanes/unclean-ends.ts';
import { WaitingCount, type WaitingCounts } from './observed/waiting-count.ts';

export interface SupervisedWorld {
  readonly lanes: Lanes;
  readonly types: () => TypesById;
  readonly dropReasons: DropReasons;
  readonly version: (flow: string, version: number) => Promise<Version>;
  /** Throws away the buffers of connections that the flow no longer has. */
  readonly tidyBuffers: (flow: Flow) => Promise<void>;
  /** What waits in the buffers of a flow. */
  readonly countWaiting: (plan: Plan) => Promise<WaitingCounts>;
  /** How many dead letters a flow has. */
  readonly countDeadLetters: (flow: string) => Promise<number>;
  readonly dataDir: string;
  readonly unclean: UncleanEnds;
  /** A flow that has ended badly so often in a row stays stopped. */
  readonly mostUncleanEnds: number;
  readonly shutdownMs: number;
  /** Says what happened to what a flow keeps. */
  readonly note: (flow: string, sentence: string) => void;
  readonly log: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly warn: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** How long after the time in which a run should end its lane is ended, in milliseconds. */
const graceMs = 500;

/** Makes one flow do what its deployment says, and keeps it at it. */
export class SupervisedFlow {
  private run: FlowRun | undefined;
  private isActive = false;
  /** Where it runs when it is started the next time, unless it asks for a lane of its own. */
  private lane: string = sharedLane;
  readonly deadLetters: DeadLetterCount;
  private readonly waiting: WaitingCount;
  private readonly comeback = new Comeback(
    () => this.reconcile(),
    () => this.world.unclean.clear(this.wanted.flow),
  );
  private readonly log: FlowLog;
  private work: Promise<void> = Promise.resolve();
  private onStopped: (() => void) | undefined;
  /** Why not even a run of it could be made, such as a version that cannot be read. */
  private problem: Problem | undefined;
  private readonly listeners = new Set<() => void>();
  /** Revision of the last wish that was acted upon. */
  private answered = 0;

  constructor(
    private wish: Wish,
    private readonly world: SupervisedWorld,
  ) {
    const { flow } = wish.deployment;
    this.log = new FlowLog(flow, world.log, world.warn);
    this.deadLetters = new DeadLetterCount(async () => world.countDeadLetters(flow));
    this.waiting = new WaitingCount(world.countWaiting);
  }

  /** Takes a new wish and works towards it; wishes that come meanwhile are seen in the end. */
  want(wish: Wish): void {
    const isNewVersion = wish.deployment.version !== this.wanted.version;
    // the bucket was made again and counts from the beginning
    if (wish.revision < this.wish.revision) this.answered = 0;
    const isNews = wish.revision !== this.wish.revision;
    this.wish = wish;
    if (isNewVersion) this.lane = sharedLane;
    if (isNews) this.world.unclean.clear(wish.deployment.flow);
    this.comeback.forget();
    this.reconcile();
  }

  get wished(): Wish {
    return this.wish;
  }

  /** What runs or last ran. */
  get version(): Version | undefined {
    return this.run?.version;
  }

  reconcile(): void {
    this.comeback.cancel();
    this.work = this.work.then(async () => this.act()).catch((thrown: unknown) => this.couldNotStart(thrown));
  }

  /** Stops it for good, whatever is wanted; resolves when it has stopped. */
  async end(): Promise<void> {
    this.wish = { ...this.wish, deployment: { ...this.wanted, desired: 'stopped' } };
    this.reconcile();
    await this.work;
  }

  status(): FlowStatus {
    return flowStatus(this.wanted, this.run, this.extras);
  }

  /** What it does, without its numbers. */
  state(): ReturnType<typeof flowState> {
    return flowState(this.wanted, this.run, this.problem);
  }

  overview(): FlowOverview {
    return flowOverview(this.wanted, this.run, this.extras);
  }

  private get extras(): StatusExtras {
    return { problem: this.problem, deadLetters: this.deadLetters.value };
  }

  /** Whether it does what was wished, or has failed to. A later wish answers for an earlier one. */
  hasSettled({ revision }: Pick<Wish, 'revision'>): boolean {
    if (this.answered < revision) return false;
    if (this.wanted.desired === 'stopped') return !this.isActive;
    return this.problem !== undefined || ['running', 'degraded', 'failed'].includes(this.run?.observed ?? 'stopped');
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes note of how its counters grow, and judges them; `now` is monotonic, in milliseconds. */
  sample(now: number): void {
    const { run } = this;
    if (!run || !this.isActive) return;
    const before = run.troubles;
    const losses = run.sample(now, this.world.lanes.countedAt(run.id));
    this.log.losses(run, losses, now);
    this.log.attention(run, before);
    if (losses.length > 0) this.deadLetters.changed();
  }

  /** Counts again what waits while it does not run, where that is due, and says whether it does. */
  countAtRest(now: number): boolean {
    const { run } = this;
    return run !== undefined && !this.isActive && this.waiting.refresh(run, now, () => this.isActive);
  }

  /** @param texts payloads as JSON */
  async inject(component: string, port: string | undefined, texts: readonly string[]): Promise<void> {
    await this.world.lanes.inject(this.isActive && this.run ? this.run.id : -1, component, port, texts);
  }

  /** Looks at the connection from one endpoint to another, or to any where `to` is left out; see `Lanes.tap`. */
  tap(from: string, to: string | undefined, listener: TapListener): () => void {
    const { run } = this;
    if (!run || !['running', 'degraded'].includes(run.observed)) throw new FatalFault('the flow does not run');
    const connection = run.plan.connections.find(
      ({ title }) => title === `${from} → ${to}` || (to === undefined && title.startsWith(`${from} → `)),
    );
    if (!connection) throw new RangeError(`no connection of the running version goes from "${from}" to "${to ?? '…'}"`);
    return this.world.lanes.tap(run.id, connection.index, listener);
  }

  private get wanted(): Deployment {
    return this.wish.deployment;
  }

  private async act(): Promise<void> {
    const { revision } = this.wish;
    try {
      await this.obey(this.wanted);
    } finally {
      this.answered = revision;
      this.changed();
    }
  }

  private async obey({ desired, version }: Deployment): Promise<void> {
    if (desired === 'stopped') {
      this.problem = undefined;
      await this.stop();
      if (this.run && this.run.observed !== 'stopped') this.run.become('stopped', '');
      // a version that can no longer be planned is told of when it is started
      this.run ??= await this.atRest(version).catch(() => undefined);
      return;
    }
    if (this.isActive && this.run?.version.version === version && this.run.observed !== 'failed') return;
    const next = await this.readVersion(version);
    await this.stop(next);
    if (this.isGivenUp) await this.stayStopped(next);
    else await this.start(next);
  }

  /** How it ended badly before, by the present wish. */
  private get unclean(): Unclean | undefined {
    const unclean = this.world.unclean.of(this.wanted.flow);
    const isOfThisWish = (unclean?.revision ?? this.wish.revision) === this.wish.revision;
    return isOfThisWish ? unclean : undefined;
  }

  private get isGivenUp(): boolean {
    return (this.unclean?.count ?? 0) >= this.world.mostUncleanEnds;
  }

  private async stayStopped({ version }: Version): Promise<void> {
    this.run ??= await this.atRest(version);
    this.problem = undefined;
    this.run.fail(undefined, givenUp(this.unclean!));
    this.log.failed(this.run);
  }

  /** A version that cannot be read leaves nothing running. */
  private async readVersion(number: number): Promise<Version> {
    try {
      return await this.world.version(this.wanted.flow, number);
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  /** A flow that has not run since the server was started: what it is made of, and what waits in its buffers. */
  private async atRest(number: number): Promise<FlowRun> {
    const { types, dropReasons } = this.world;
    const run = new FlowRun(await this.world.version(this.wanted.flow, number), types(), dropReasons, undefined);
    run.become('stopped', '');
    await this.waiting.note(run);
    return run;
  }

  private async start(version: Version): Promise<void> {
    const before = this.run;
    const run = new FlowRun(version, this.world.types(), this.world.dropReasons, before);
    if (before?.observed === 'failed') run.sentence = before.sentence;
    this.run = run;
    this.problem = undefined;
    this.isActive = true;
    const { unclean } = this;
    if (!before && unclean) run.hands = unclean.hands;
    const [totals, isCareful] = [run.counters.totals(), unclean !== undefined];
    this.world.lanes.start(
      { run: run.id, flow: version.flow, totals, hands: run.hands, isCareful },
      this.laneFor(version),
      {
        onMessage: (message) => {
          if (message.kind === 'report') this.log.report(run, message);
          if (message.kind === 'noted') this.world.note(run.flow, message.sentence);
          const isNews = run.hear(message);
          if (message.kind === 'running' && isNews) this.started(run);
          if (message.kind === 'silent') this.log.opensSlowly(run);
          if (message.kind === 'failed' && isNews) {
            if (message.isUncaught) this.noteBadEnd(run, undefined, message.sentence);
            this.failed(run);
          }
          if (message.kind === 'stopped') this.ended(run, message.problem);
          this.changed();
        },
        onLaneEnd: (end, verdict) => this.lostLane(run, end, verdict),
      },
    );
    this.changed();
  }

  /** One that ended badly is alone after a start of the server, too: the others need not go down with it once more. */
  private laneFor({ flow }: Version): string {
    return flow.lane === 'own' || this.unclean ? laneOf(flow.id) : this.lane;
  }

  /** @param next what the flow will be right afterwards */
  private async stop(next?: Version): Promise<void> {
    const { run, world } = this;
    if (!run || !this.isActive) return;
    if (run.observed !== 'failed') run.become('stopping', '');
    this.changed();
    let deadline: NodeJS.Timeout | undefined;
    const isInTime = await new Promise<boolean>((settle) => {
      this.onStopped = () => settle(true);
      deadline = setTimeout(() => settle(false), world.shutdownMs + graceMs);
      const follows = next && { flow: next.flow, lane: this.laneFor(next) };
      world.lanes.stop(run.id, world.shutdownMs, follows);
    });
    clearTimeout(deadline);
    this.onStopped = undefined;
    if (isInTime) world.lanes.release(run.id);
    else await this.endByForce(run);
    this.isActive = false;
    run.rates.forget();
    this.changed();
  }

  /** It does not end, so its lane does; from then on it harms nobody but itself. */
  private async endByForce(run: FlowRun): Promise<void> {
    const { world } = this;
    const sentence = `it did not end within ${world.shutdownMs / 1000} s`;
    this.lane = laneOf(run.flow);
    await world.lanes.endLaneOf(run.id, `the flow "${run.flow}" did not end in time`);
    if (run.observed !== 'failed') run.become('stopped', sentence);
    this.log.stopped(run, sentence);
  }

  private started(run: FlowRun): void {
    this.log.runs(run);
    this.comeback.runs();
    this.world.tidyBuffers(run.version.flow).catch((thrown: unknown) => this.log.keepsBuffers(sentenceOf(thrown)));
  }

  private ended(run: FlowRun, problem: string | undefined): void {
    this.log.stopped(run, problem);
    this.onStopped?.();
  }

  private failed(run: FlowRun): void {
    if (this.run !== run) return;
    this.log.failed(run);
    this.work = this.work.then(async () => (this.run === run ? this.stop(run.version) : undefined));
    this.tryAgainLater(run);
  }

  private couldNotStart(thrown: unknown): void {
    const sentence = sentenceOf(thrown);
    this.log.cannotStart(sentence);
    this.run?.fail(undefined, sentence);
    if (!this.run) this.problem = { sentence, since: this.problem?.since ?? new Date() };
    this.tryAgainLater(this.run ?? this.problem);
    this.changed();
  }

  private lostLane(run: FlowRun, end: LaneEnd, verdict: Verdict): void {
    if (this.run !== run) return;
    const isCulprit = verdict === 'culprit';
    this.isActive = false;
    run.rates.forget();
    if (isCulprit) this.noteBadEnd(run, end.component, end.sentence);
    else run.hands = {};
    this.onStopped?.();
    const component = isCulprit && end.component !== undefined ? run.plan.components[end.component]?.id : undefined;
    this.log.laneEnded(end, component, verdict);
    if (isCulprit) this.endedBadly(run, component, end.sentence);
    else {
      if (verdict === 'innocent') run.become('starting', '');
      else {
        // where nobody knows which flow it was, it is with fewer others the next time, until it is known
        this.lane = verdict.company;
        run.fail(undefined, end.sentence);
      }
      this.reconcile();
    }
    this.changed();
  }

  /** It is alone from now on, and what it had in hand is under suspicion. */
  private noteBadEnd(run: FlowRun, component: number | undefined, sentence: string): void {
    const { unclean, dataDir } = this.world;
    this.lane = laneOf(run.flow);
    run.suspect(component, readHands(dataDir, run.flow));
    unclean.add(run.flow, { sentence, revision: this.wish.revision, hands: { ...run.hands } });
  }

  private endedBadly(run: FlowRun, component: string | undefined, sentence: string): void {
    run.fail(component, sentence);
    if (!this.isGivenUp) return this.tryAgainLater(run);
    run.fail(component, givenUp(this.unclean!));
    this.log.failed(run);
  }

  private tryAgainLater(failed: { sentence: string } | undefined): void {
    const waitMs = this.comeback.later();
    if (failed)
      failed.sentence = `${failed.sentence.replace(tryAgain, '')}; tried again in ${Math.ceil(waitMs / 1000)} s`;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

const givenUp = ({ count, sentence }: Unclean): string =>
  `it has broken down ${count} times in a row, the last time because ${sentence}; it stays stopped until it is started or deployed again: look at what comes in and at its components first`;

const tryAgain = /; tried again in \d+ s$/;
