import type {
  Deployment,
  FlowOverview,
  FlowStatus,
  Link,
  SeenConnection,
  TappedMessage,
  Version,
} from '@semstreams/contract';
import { FatalFault, sentenceOf } from '../engine/fault.ts';
import { Comeback } from './comeback.ts';
import { DeadLetterCount } from './observed/dead-letter-count.ts';
import type { Wish } from './deployments.ts';
import { FlowLog } from './observed/flow-log.ts';
import { FlowRun } from './observed/flow-run.ts';
import { flowOverview, flowState, flowStatus, type Problem, type StatusExtras } from './observed/flow-status.ts';
import { linksOf } from './observed/links.ts';
import type { FromRun } from '../lanes/agreed/lane-protocol.ts';
import type { LaneEnd } from '../lanes/lane.ts';
import type { Verdict } from '../lanes/judge-lane-end.ts';
import type { TapListener } from '../lanes/errands.ts';
import { WhyNothing } from './observed/why-nothing.ts';
import { WaitingCount } from './observed/waiting-count.ts';
import { Standing } from './standing.ts';
import { StayInLane } from './stay-in-lane.ts';
import type { SeenRun } from './seen-run.ts';
import type { SupervisedWorld } from './supervised-world.ts';

/** Makes one flow do what its deployment says, and keeps it at it. */
export class SupervisedFlow {
  private run: FlowRun | undefined;
  private readonly stay: StayInLane;
  private readonly standing: Standing;
  readonly deadLetters: DeadLetterCount;
  private readonly waiting: WaitingCount;
  private readonly whyNothing: WhyNothing;
  private readonly comeback = new Comeback(
    () => this.reconcile(),
    () => this.standing.forgive(),
  );
  private readonly log: FlowLog;
  private work: Promise<void> = Promise.resolve();
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
    this.log = new FlowLog(flow, world);
    this.deadLetters = new DeadLetterCount(async () => world.countDeadLetters(flow));
    this.waiting = new WaitingCount(world.countWaiting);
    this.whyNothing = new WhyNothing({
      look: async (run) => world.lanes.look(run.id),
      schemaOf: world.schemaOf,
    });
    this.stay = new StayInLane(world.lanes, world.shutdownMs);
    this.standing = new Standing(flow, world, () => this.wish.revision);
  }

  /** Takes a new wish and works towards it; wishes that come meanwhile are seen in the end. */
  want(wish: Wish): void {
    const isNewVersion = wish.deployment.version !== this.wanted.version;
    // the bucket was made again and counts from the beginning
    if (wish.revision < this.wish.revision) this.answered = 0;
    const isNews = wish.revision !== this.wish.revision;
    this.wish = wish;
    if (isNewVersion) this.standing.beAmongOthers();
    if (isNews) this.standing.forgive();
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

  links(): readonly Link[] {
    return this.run ? linksOf(this.run) : [];
  }

  /** Undefined where it never ran. */
  seenRun(): SeenRun | undefined {
    const { run } = this;
    return run && { run, deadLetters: this.deadLetters.value, process: this.world.lanes.processOf(run.id) };
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
    if (this.wanted.desired === 'stopped') return !this.stay.isActive;
    return this.problem !== undefined || ['running', 'degraded', 'failed'].includes(this.run?.observed ?? 'stopped');
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes note of how its counters grow, and judges them; `now` is monotonic, in milliseconds. */
  sample(now: number): void {
    const { run } = this;
    if (!run || !this.stay.isActive) return;
    const before = run.troubles;
    const losses = run.sample(now, this.world.lanes.countedAt(run.id));
    this.log.losses(run, losses, now);
    this.log.attention(run, before);
    if (losses.length > 0) this.deadLetters.changed();
    void this.whyNothing.refresh(run, now);
  }

  /** Counts again what waits while it does not run, where that is due, and says whether it does. */
  countAtRest(now: number): boolean {
    const { run } = this;
    return run !== undefined && !this.stay.isActive && this.waiting.refresh(run, now, () => this.stay.isActive);
  }

  /** Rejects with a RangeError where the run has no such component. @param texts payloads as JSON */
  async inject(component: string, port: string | undefined, texts: readonly string[]): Promise<void> {
    const run = this.stay.isActive ? this.run : undefined;
    if (run && !run.plan.components.some(({ id }) => id === component))
      throw new RangeError(`there is no component "${component}" in the running version`);
    await this.world.lanes.inject(run?.id ?? -1, component, port, texts);
  }

  /** Looks at the connection from one endpoint to another, or to any where `to` is left out; see `Lanes.tap`. */
  tap(from: string, to: string | undefined, listener: TapListener): () => void {
    const { run, connection } = this.connectionAt(from, to);
    return this.world.lanes.tap(run.id, connection.index, listener);
  }

  /** What came by at all its connections, as far as it was looked at. */
  async seen(): Promise<readonly SeenConnection[]> {
    const run = this.atWork();
    const { connections } = await this.world.lanes.look(run.id);
    return run.plan.connections.flatMap(({ index, title }) => {
      const seen = connections[index];
      if (!seen) return [];
      const [from = '', to = ''] = title.split(' → ');
      return [{ from, to, looked_at: seen.lookedAt, fields: [...seen.fields], is_cut: seen.isCut }];
    });
  }

  /** The last messages of a connection, found as by `tap`. */
  async recent(from: string, to: string | undefined): Promise<readonly TappedMessage[]> {
    const { run, connection } = this.connectionAt(from, to);
    return (await this.world.lanes.look(run.id, connection.index)).messages;
  }

  private atWork(): FlowRun {
    const { run } = this;
    if (!run || !['running', 'degraded'].includes(run.observed)) throw new FatalFault('the flow does not run');
    return run;
  }

  private connectionAt(from: string, to: string | undefined) {
    const run = this.atWork();
    const connection = run.plan.connections.find(
      ({ title }) => title === `${from} → ${to}` || (to === undefined && title.startsWith(`${from} → `)),
    );
    if (!connection) throw new RangeError(`no connection of the running version goes from "${from}" to "${to ?? '…'}"`);
    return { run, connection };
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
    if (this.stay.isActive && this.run?.version.version === version && this.run.observed !== 'failed') return;
    const next = await this.readVersion(version);
    await this.stop(next);
    const { givenUp } = this.standing;
    if (givenUp === undefined) await this.start(next);
    else await this.stayStopped(next, givenUp);
  }

  private async stayStopped({ version }: Version, why: string): Promise<void> {
    this.run ??= await this.atRest(version);
    this.problem = undefined;
    this.run.fail(undefined, why);
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
    const { unclean } = this.standing;
    if (!before && unclean) run.hands = unclean.hands;
    this.stay.begin(
      run,
      { lane: this.standing.laneFor(version), isCareful: unclean !== undefined },
      {
        onMessage: (heard) => {
          const message = this.inKnownWords(heard);
          if (message.kind === 'report') this.log.report(run, message);
          if (message.kind === 'logged') this.log.told(message);
          if (message.kind === 'noted') this.world.note(run.flow, message.sentence);
          const isNews = run.hear(message);
          if (message.kind === 'running' && isNews) this.started(run);
          if (message.kind === 'silent') this.log.opensSlowly(run);
          if (message.kind === 'failed' && isNews) {
            if (message.isUncaught) this.standing.noteBadEnd(run, undefined, message.sentence);
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

  private inKnownWords(message: FromRun): FromRun {
    if (message.kind !== 'failed') return message;
    const { component, sentence } = message;
    return { ...message, sentence: this.world.inKnownWords(this.wanted.flow, component, sentence) };
  }

  /** @param next what the flow will be right afterwards */
  private async stop(next?: Version): Promise<void> {
    const { run } = this;
    if (!run || !this.stay.isActive) return;
    if (run.observed !== 'failed') run.become('stopping', '');
    this.changed();
    const follows = next && { flow: next.flow, lane: this.standing.laneFor(next) };
    const problem = await this.stay.end(run, follows, () => this.standing.beAlone());
    if (problem !== undefined) {
      if (run.observed !== 'failed') run.become('stopped', problem);
      this.log.stopped(run, problem);
    }
    this.changed();
  }

  private started(run: FlowRun): void {
    this.log.runs(run);
    this.comeback.runs();
    this.world.tidyBuffers(run.version.flow).catch((thrown: unknown) => this.log.keepsBuffers(sentenceOf(thrown)));
  }

  private ended(run: FlowRun, problem: string | undefined): void {
    this.log.stopped(run, problem);
    this.stay.stopped();
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
    if (!this.run) this.problem = { sentence, since: new Date() };
    this.tryAgainLater(this.run ?? this.problem);
    this.changed();
  }

  private lostLane(run: FlowRun, end: LaneEnd, verdict: Verdict): void {
    if (this.run !== run) return;
    const isCulprit = verdict === 'culprit';
    if (isCulprit) this.standing.noteBadEnd(run, end.component, end.sentence);
    else run.hands = {};
    this.stay.lost(run);
    const component = isCulprit && end.component !== undefined ? run.plan.components[end.component]?.id : undefined;
    this.log.laneEnded(end, component, verdict);
    if (isCulprit) this.endedBadly(run, component, end.sentence);
    else {
      if (verdict === 'innocent') run.become('starting', '');
      else {
        this.standing.beWith(verdict.company);
        run.fail(undefined, end.sentence);
      }
      this.reconcile();
    }
    this.changed();
  }

  private endedBadly(run: FlowRun, component: string | undefined, sentence: string): void {
    run.fail(component, sentence);
    const { givenUp } = this.standing;
    if (givenUp === undefined) return this.tryAgainLater(run);
    run.fail(component, givenUp);
    this.log.failed(run);
  }

  /** Since when is since it failed first: a try that fails, too, makes it no younger. */
  private tryAgainLater(failed: { sentence: string; since: Date } | undefined): void {
    const { waitMs, since } = this.comeback.later();
    if (!failed) return;
    failed.sentence = `${failed.sentence.replace(tryAgain, '')}; tried again in ${Math.ceil(waitMs / 1000)} s`;
    failed.since = since;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

const tryAgain = /; tried again in \d+ s$/;
