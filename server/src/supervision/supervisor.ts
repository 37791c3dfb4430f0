import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { FlowOverview, FlowStatus, Link, SeenConnection, TappedMessage, Version } from '@semstreams/contract';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Settings } from '../config/settings.ts';
import { FatalFault, sentenceOf } from '../engine/fault.ts';
import { listeningIn } from '../flows/listening.ts';
import { Versions } from '../flows/versions.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import type { Happened } from './observed/happened.ts';
import { Buffers } from './buffers.ts';
import { Deployments, type Wish } from './deployments.ts';
import { dropReasonsOf } from '../lanes/agreed/drop-reasons.ts';
import type { TapListener } from '../lanes/errands.ts';
import { Lanes } from '../lanes/lanes.ts';
import { endLanesLeftBehind } from '../lanes/lanes-left-behind.ts';
import { SupervisedFlow } from './supervised-flow.ts';
import type { SeenRun } from './seen-run.ts';
import type { SupervisedWorld } from './supervised-world.ts';
import { UncleanEnds } from '../lanes/unclean-ends.ts';
import { UnwrittenStops } from './unwritten-stops.ts';
import { whoHasThePort } from './who-has-the-port.ts';

/** How often the counters are read for rates, in milliseconds. */
const sampleMs = 500;
/** For how many flows dead letters are counted at once. */
const mostCounting = 20;

/**
 * Makes what flows do equal what the deployments say they should: the one place where flows are started and stopped.
 * After a crash or a reboot the same watch brings the same flows back.
 */
@Injectable()
export class Supervisor implements BeforeApplicationShutdown {
  private readonly log = new Logger(Supervisor.name);
  private readonly flows = new Map<string, SupervisedFlow>();
  private readonly newFlowListeners = new Set<() => void>();
  private readonly ending = new AbortController();
  private readonly unwrittenStops: UnwrittenStops;
  private readonly world: SupervisedWorld;
  private readonly dataDir: string;
  private readonly unclean: UncleanEnds;
  private readonly listeners = new Set<(happened: Happened) => void>();
  private sampling: NodeJS.Timeout | undefined;
  private isComplete = false;
  private lastTrouble = '';

  constructor(
    private readonly deployments: Deployments,
    private readonly lanes: Lanes,
    private readonly catalogue: Catalogue,
    versions: Versions,
    buffers: Buffers,
    private readonly settings: Settings,
    quarantine: Quarantine,
  ) {
    this.dataDir = settings.dataDir;
    this.unclean = new UncleanEnds(settings.dataDir);
    this.unwrittenStops = new UnwrittenStops(deployments, this.ending.signal);
    this.world = {
      lanes,
      types: () => catalogue.checkedTypes(),
      dropReasons: (type) => dropReasonsOf(catalogue.get(type) ?? {}),
      schemaOf: (type) => catalogue.description(type)?.config_schema,
      inKnownWords: (flow, component, sentence) => this.inKnownWords(flow, component, sentence),
      version: async (flow, version) => {
        const found = await versions.get(flow, version);
        if (found) return found;
        throw new FatalFault(
          `version ${version} of flow "${flow}" is missing or cannot be read; deploy its draft, or restore a backup`,
        );
      },
      tidyBuffers: async (flow) => buffers.tidy(flow),
      dataDir: settings.dataDir,
      unclean: this.unclean,
      mostUncleanEnds: settings.values.lanes.most_unclean_ends,
      countWaiting: async (plan) => buffers.count(plan),
      countDeadLetters: async (flow) => buffers.countDeadLetters(flow),
      shutdownMs: settings.values.shutdown_timeout,
      note: (flow, sentence) => quarantine.tellOnce(flow, sentence, { flow }),
      log: (sentence, fields) => this.log.log({ msg: sentence, ...fields }),
      warn: (sentence, fields) => this.log.warn({ msg: sentence, ...fields }),
      happened: (happened) => this.tell(happened),
    };
  }

  /** From now on flows run. It is not called by Nest: what runs is begun when the server has its port. */
  begin(): void {
    this.sampling = setInterval(() => this.sample(performance.now()), sampleMs);
    void endLanesLeftBehind(this.dataDir, this.unclean).then(async () => this.watch());
  }

  private sample(now: number): void {
    let counting = 0;
    for (const flow of this.flows.values()) {
      flow.sample(now);
      if (counting < mostCounting && flow.deadLetters.refresh(now)) counting += 1;
      if (counting < mostCounting && flow.countAtRest(now)) counting += 1;
    }
  }

  /** Drains and ends every flow; what should run stays written down, so that it runs again after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    clearInterval(this.sampling);
    await Promise.all([...this.flows.values()].map(async (flow) => flow.end()));
    await this.lanes.close();
  }

  /** Calls back for whatever happens to flows, until the call that it returns. */
  onHappened(listener: (happened: Happened) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(happened: Happened): void {
    // that all flows stop when the server does goes without saying
    if (this.isEnding && happened.kind === 'stopped' && happened.level === 'info') return;
    for (const listener of this.listeners) listener(happened);
  }

  get isEnding(): boolean {
    return this.ending.signal.aborted;
  }

  /** Whether all flows that should run are known; until then there may be more. */
  get knowsAll(): boolean {
    return this.isComplete;
  }

  /** The version that a flow runs or last ran, as it was deployed; undefined where this server has not run it. */
  deployedVersion(flow: string): Version | undefined {
    return this.flows.get(flow)?.version;
  }

  /** Undefined for a flow that was never deployed. */
  status(flow: string): FlowStatus | undefined {
    return this.flows.get(flow)?.status();
  }

  /** Somebody sent dead letters of a flow again, or threw them away. */
  deadLettersChanged(flow: string): void {
    this.flows.get(flow)?.deadLetters.changed();
  }

  statuses(): FlowStatus[] {
    return [...this.flows.values()].map((flow) => flow.status());
  }

  /** What each flow does, without its numbers: cheap, however many there are. */
  states(): ReturnType<SupervisedFlow['state']>[] {
    return [...this.flows.values()].map((flow) => flow.state());
  }

  /** The links of all flows that ran since this server is up. */
  links(): Link[] {
    return [...this.flows.values()].flatMap((flow) => flow.links());
  }

  /** The last run of each flow that ran since this server is up, as it is at this moment. */
  runs(): SeenRun[] {
    return [...this.flows.values()].flatMap((flow) => flow.seenRun() ?? []);
  }

  overview(): FlowOverview[] {
    return [...this.flows.values()].map((flow) => flow.overview());
  }

  /** The status as soon as the flow does what was wished or has failed to, or after `withinMs`, or when the server ends, as it is then. */
  async settled(wish: Wish, withinMs: number): Promise<FlowStatus | undefined> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline && !this.ending.signal.aborted) {
      const flow = this.flows.get(wish.deployment.flow);
      if (flow?.hasSettled(wish)) break;
      await this.changeOf(flow, Math.min(deadline - performance.now(), 100));
    }
    return this.status(wish.deployment.flow);
  }

  /** Hands payloads, as JSON, to a component. Rejects with a FatalFault that says why where they did not get through. */
  async inject(flow: string, component: string, port: string | undefined, texts: readonly string[]): Promise<void> {
    await this.running(flow).inject(component, port, texts);
  }

  /** Looks at a connection; see `SupervisedFlow.tap`. */
  tap(
    flow: string,
    ends: { readonly from: string; readonly to: string | undefined },
    listener: TapListener,
  ): () => void {
    return this.running(flow).tap(ends.from, ends.to, listener);
  }

  /** What came by at its connections. Rejects with a FatalFault where it does not run. */
  async seen(flow: string): Promise<readonly SeenConnection[]> {
    return this.running(flow).seen();
  }

  /** The last messages of a connection; see `SupervisedFlow.recent`. */
  async recent(
    flow: string,
    ends: { readonly from: string; readonly to: string | undefined },
  ): Promise<readonly TappedMessage[]> {
    return this.running(flow).recent(ends.from, ends.to);
  }

  /**
   * Stops a flow while it cannot be written down that it should not run, which is done as soon as it can be. The wish that it
   * follows from now on; undefined where this server does not know the flow.
   */
  stopUnwritten(id: string): Wish | undefined {
    const flow = this.flows.get(id);
    if (!flow) return undefined;
    const { deployment, revision } = flow.wished;
    const changed_at = new Date().toISOString();
    const wish: Wish = { deployment: { ...deployment, desired: 'stopped', changed_at }, revision };
    this.unwrittenStops.add(wish);
    this.log.warn({ msg: 'a flow is stopped, which is written down as soon as NATS is back', flow: id });
    flow.want(wish);
    return wish;
  }

  private async changeOf(flow: SupervisedFlow | undefined, withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, withinMs);
      const forget = flow ? flow.onChange(done) : this.onNewFlow(done);
      function done() {
        clearTimeout(timer);
        forget();
        resolve();
      }
    });
  }

  private onNewFlow(listener: () => void): () => void {
    this.newFlowListeners.add(listener);
    return () => this.newFlowListeners.delete(listener);
  }

  private async watch(): Promise<void> {
    for await (const change of this.deployments.watch(this.ending.signal, (thrown) => this.cannotLook(thrown))) {
      this.lastTrouble = '';
      if (change.kind === 'whole') this.want({ deployment: change.value, revision: change.revision });
      else if (change.kind === 'removed') await this.forget(change.key);
      else if (change.kind === 'lost') await this.keep(change.key);
      else if (change.kind === 'complete') this.isComplete = true;
    }
  }

  private cannotLook(thrown: unknown): void {
    const reason = sentenceOf(thrown);
    if (reason === this.lastTrouble) return;
    this.lastTrouble = reason;
    this.log.warn({ msg: 'it cannot be seen which flows should run; trying again', reason });
  }

  /** What should run is written again where its bucket was deleted or purged: nobody said that it should end. */
  private async keep(id: string): Promise<void> {
    const wish = this.flows.get(id)?.wished;
    if (!wish) return;
    this.log.warn({ msg: 'what should run was lost from its bucket and is written again', flow: id });
    await this.deployments.keep(wish).catch((thrown: unknown) => this.cannotLook(thrown));
  }

  private inKnownWords(flow: string, component: string | undefined, sentence: string): string {
    const listening = (version: Version | undefined) =>
      version ? listeningIn(version.flow, (type) => this.catalogue.get(type)) : [];
    const mine = listening(this.deployedVersion(flow)).find((each) => each.component === component);
    const { host, port } = this.settings.values;
    return whoHasThePort(sentence, mine, () => [
      { name: 'this server itself', listening: [{ at: { protocol: 'tcp', host, port } }] },
      ...[...this.flows]
        .filter(([id, other]) => id !== flow && isAtWork(other.state().observed))
        .map(([id, { version }]) => ({
          name: `the flow “${version?.flow.name ?? id}”`,
          listening: listening(version),
        })),
    ]);
  }

  private running(flow: string): SupervisedFlow {
    const supervised = this.flows.get(flow);
    if (!supervised) throw new FatalFault(`the flow "${flow}" does not run`);
    return supervised;
  }

  private want(wish: Wish): void {
    if (this.unwrittenStops.overrules(wish)) return;
    const id = wish.deployment.flow;
    const known = this.flows.get(id);
    if (known) return known.want(wish);
    const flow = new SupervisedFlow(wish, this.world);
    this.flows.set(id, flow);
    flow.reconcile();
    for (const listener of [...this.newFlowListeners]) listener();
  }

  private async forget(id: string): Promise<void> {
    const flow = this.flows.get(id);
    this.flows.delete(id);
    await flow?.end();
  }
}

const isAtWork = (observed: FlowStatus['observed']): boolean => ['starting', 'running', 'degraded'].includes(observed);
