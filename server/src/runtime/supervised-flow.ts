import type { Deployment, Flow, FlowOverview, FlowStatus, TypesById, Version } from '@semstreams/contract';
import type { Counters, DropReasons } from '../engine/counters.ts';
import { sentenceOf } from '../engine/fault.ts';
import type { Plan } from '../engine/plan.ts';
import { backOff } from '../engine/retry.ts';
import { FlowRun } from './flow-run.ts';
import { flowStatus, overviewOf } from './flow-status.ts';
import type { LaneEnd } from './lane.ts';
import type { FromLane } from './lane-protocol.ts';
import type { Lanes } from './lanes.ts';

/** Longest wait before a failed flow is started again, in milliseconds. */
const longestWaitMs = 60_000;
/** A flow that ran this long is no longer held to have failed just now, in milliseconds. */
const soundMs = 60_000;

type Report = Extract<FromLane, { kind: 'report' }>;

export interface SupervisedWorld {
  readonly lanes: Lanes;
  readonly types: () => TypesById;
  readonly dropReasons: DropReasons;
  readonly version: (flow: string, version: number) => Promise<Version>;
  /** Throws away the buffers of connections that the flow no longer has. */
  readonly tidyBuffers: (flow: Flow) => Promise<void>;
  /** Notes what waits in the buffers of a flow that does not run. */
  readonly countWaiting: (plan: Plan, counters: Counters) => Promise<void>;
  readonly shutdownMs: number;
  readonly log: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly warn: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Makes one flow do what its deployment says, and keeps it at it. */
export class SupervisedFlow {
  private run: FlowRun | undefined;
  private isActive = false;
  private failures = 0;
  private needsOwnLane = false;
  private retry: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private onStopped: (() => void) | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private wanted: Deployment,
    private readonly world: SupervisedWorld,
  ) {}

  /** Takes a new wish and works towards it; wishes that come meanwhile are seen in the end. */
  want(deployment: Deployment): void {
    const isNewVersion = deployment.version !== this.wanted.version;
    this.wanted = deployment;
    if (isNewVersion) this.needsOwnLane = false;
    this.failures = 0;
    this.reconcile();
  }

  reconcile(): void {
    clearTimeout(this.retry);
    this.work = this.work.then(async () => this.act()).catch((thrown: unknown) => this.couldNotStart(thrown));
  }

  /** Stops it for good, whatever is wanted; resolves when it has stopped. */
  async end(): Promise<void> {
    this.wanted = { ...this.wanted, desired: 'stopped' };
    this.reconcile();
    await this.work;
  }

  status(): FlowStatus {
    return flowStatus(this.wanted, this.run);
  }

  overview(): FlowOverview {
    return overviewOf(this.status(), this.run);
  }

  /** Whether it does what this deployment asks for, or has failed to. */
  hasSettled(deployment: Deployment): boolean {
    if (this.wanted.changed_at < deployment.changed_at) return false;
    const observed = this.run?.observed ?? 'stopped';
    if (deployment.desired === 'stopped') return !this.isActive;
    return this.run?.version.version === deployment.version && ['running', 'degraded', 'failed'].includes(observed);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  sample(now: number): void {
    if (this.run && this.isActive) this.run.sample(now);
  }

  /** @param texts payloads as JSON */
  async inject(component: string, port: string | undefined, texts: readonly string[]): Promise<void> {
    await this.world.lanes.inject(this.isActive && this.run ? this.run.id : -1, component, port, texts);
  }

  private async act(): Promise<void> {
    const { desired, version } = this.wanted;
    if (desired === 'stopped') {
      await this.stop();
      if (this.run?.observed === 'failed') this.run.become('stopped', '');
      // a version that can no longer be planned is told of when it is started
      this.run ??= await this.atRest(version).catch(() => undefined);
      return this.changed();
    }
    if (this.isActive && this.run?.version.version === version && this.run.observed !== 'failed') return;
    await this.stop();
    await this.start(version);
  }

  /** A flow that has not run since the server was started: what it is made of, and what waits in its buffers. */
  private async atRest(number: number): Promise<FlowRun> {
    const { types, dropReasons, countWaiting } = this.world;
    const run = new FlowRun(await this.world.version(this.wanted.flow, number), types(), dropReasons, undefined);
    run.become('stopped', '');
    await countWaiting(run.plan, run.counters);
    return run;
  }

  private async start(number: number): Promise<void> {
    const version = await this.world.version(this.wanted.flow, number);
    const before = this.run;
    const run = new FlowRun(version, this.world.types(), this.world.dropReasons, before);
    if (before?.observed === 'failed') run.sentence = before.sentence;
    this.run = run;
    this.isActive = true;
    const isAlone = this.needsOwnLane || version.flow.lane === 'own';
    this.world.lanes.start(
      { id: run.id, flow: version.flow, counters: run.counters, isAlone },
      {
        onMessage: (message) => {
          if (message.kind === 'report') this.noteReport(run, message);
          run.hear(message);
          if (message.kind === 'running') this.started(run);
          if (message.kind === 'failed') this.failed(run);
          if (message.kind === 'stopped') this.ended(run, message.problem);
          this.changed();
        },
        onLaneEnd: (end, isCulprit) => this.lostLane(run, end, isCulprit),
      },
    );
    this.changed();
  }

  private async stop(): Promise<void> {
    const { run, world } = this;
    if (!run || !this.isActive) return;
    if (run.observed !== 'failed') run.become('stopping', '');
    this.changed();
    let deadline: NodeJS.Timeout | undefined;
    const isInTime = await new Promise<boolean>((settle) => {
      this.onStopped = () => settle(true);
      deadline = setTimeout(() => settle(false), world.shutdownMs + 1000);
      world.lanes.stop(run.id, world.shutdownMs);
    });
    clearTimeout(deadline);
    this.onStopped = undefined;
    await world.lanes.release(run.id);
    this.isActive = false;
    run.rates.forget();
    if (!isInTime) run.become('stopped', `it did not end within ${world.shutdownMs / 1000} s`);
    this.changed();
  }

  private started(run: FlowRun): void {
    this.world.log('flow runs', { flow: run.flow, version: run.version.version });
    this.world.tidyBuffers(run.version.flow).catch((thrown: unknown) =>
      this.world.log('buffers that nobody needs could not be removed', {
        flow: run.flow,
        reason: sentenceOf(thrown),
      }),
    );
    const { failures } = this;
    setTimeout(() => {
      if (this.run === run && this.isActive && this.failures === failures) this.failures = 0;
    }, soundMs).unref();
  }

  private ended(run: FlowRun, problem: string | undefined): void {
    this.world.log('flow stopped', { flow: run.flow, version: run.version.version, problem });
    this.onStopped?.();
  }

  /** A component that begins to wait, or goes on: not each thing that it says meanwhile. */
  private noteReport(run: FlowRun, { component, state, sentence }: Report): void {
    const before = run.stateOf(component);
    if (before === state || before === undefined) return;
    const fields = { flow: run.flow, component, reason: sentence };
    if (state === 'waiting') this.world.warn('component waits', fields);
    else if (before === 'waiting') this.world.log('component goes on', fields);
  }

  private failed(run: FlowRun): void {
    if (this.run !== run) return;
    this.world.warn('flow failed', { flow: run.flow, version: run.version.version, reason: run.sentence });
    this.work = this.work.then(async () => (this.run === run ? this.stop() : undefined));
    this.tryAgainLater(run);
  }

  private couldNotStart(thrown: unknown): void {
    const sentence = sentenceOf(thrown);
    this.world.warn('flow cannot be started', { flow: this.wanted.flow, reason: sentence });
    this.run?.fail(undefined, sentence);
    this.tryAgainLater(this.run);
    this.changed();
  }

  private lostLane(run: FlowRun, end: LaneEnd, isCulprit: boolean | undefined): void {
    if (this.run !== run) return;
    this.isActive = false;
    run.rates.forget();
    run.suspect(isCulprit === true, end.component);
    this.onStopped?.();
    const component = isCulprit && end.component !== undefined ? run.plan.components[end.component]?.id : undefined;
    this.world.warn('lane ended', {
      flow: run.flow,
      component,
      cause: end.cause,
      reason: end.sentence,
      culprit: isCulprit,
    });
    if (isCulprit === false) {
      run.become('starting', '');
      this.reconcile();
    } else {
      // where nobody knows which flow it was, each one of the lane gets its own: the next time it is known
      this.needsOwnLane = true;
      run.fail(component, end.sentence);
      if (isCulprit) this.tryAgainLater(run);
      else this.reconcile();
    }
    this.changed();
  }

  private tryAgainLater(run: FlowRun | undefined): void {
    this.failures += 1;
    const waitMs = backOff(this.failures + 3, Math.random(), longestWaitMs);
    if (run) run.sentence = `${run.sentence.replace(tryAgain, '')}; tried again in ${Math.ceil(waitMs / 1000)} s`;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.reconcile(), waitMs);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

const tryAgain = /; tried again in \d+ s$/;
