import {
  changesBetween,
  type Deployment,
  type Finding,
  type Flow,
  type FlowStatus,
  Id,
  isError,
} from '@semstreams/contract';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Checker } from '../flows/checker.ts';
import { Deployer, type DeployOptions } from '../flows/deployer.ts';
import { Drafts, staleFlow } from '../flows/drafts.ts';
import { Versions } from '../flows/versions.ts';
import type { Found } from '../nats/storage/bucket-changes.ts';
import { FatalFault } from '../engine/fault.ts';
import { jsonOf } from '../engine/json-text.ts';
import { NatsAway } from '../nats/connection/nats-away.ts';
import { conflict, HttpProblem, notFound, refused } from '../web/problems.ts';
import { Buffers } from './buffers.ts';
import { Deployments, type Wish } from './deployments.ts';
import { neverDeployed } from './observed/flow-status.ts';
import type { Injected, Injection } from './inject.ts';
import { Places } from './places.ts';
import { Supervisor } from './supervisor.ts';

/** Longest time that a call may ask to be kept waiting, in milliseconds. */
const longestWaitMs = 60_000;

/**
 * What people do with flows as a whole. Each writes what should be; the supervisor makes it so, and who says `withinMs`
 * waits for it so long.
 */
@Injectable()
export class Operations extends Deployer {
  constructor(
    private readonly drafts: Drafts,
    private readonly versions: Versions,
    private readonly checker: Checker,
    private readonly deployments: Deployments,
    private readonly supervisor: Supervisor,
    private readonly catalogue: Catalogue,
    private readonly buffers: Buffers,
    private readonly places: Places,
  ) {
    super();
  }

  /**
   * Makes the draft a version and that version the one that should run. An unchanged draft makes no new version. Refused
   * where it would throw away what waits in the buffers of connections that are no more, or the places of receivers, unless
   * `discardWaiting` says so.
   */
  override async deploy(
    id: string,
    { note, discardWaiting = false, isMeant, tell }: DeployOptions = {},
    withinMs?: number,
  ): Promise<Deployment> {
    const { revision, ...flow } = await this.drafts.get(id);
    if (isMeant && !isMeant(revision)) throw staleFlow(id, revision);
    await this.refuseToDeploy(flow, discardWaiting);
    const before = await this.lastVersion(id);
    const ran = await this.flowOf(id, before);
    await this.buffers.carryPlaces(ran, flow);
    const latest = await this.versions.latest(id);
    const isSame = latest && changesBetween(latest.flow, flow, this.catalogue.checkedTypes()).length === 0;
    // a number that may still run is never given to something else, even where its version is lost
    const { version } = isSame ? latest : await this.versions.add(flow, { note, above: before ?? 0 });
    const wish = await this.deployments.want(id, version, 'running');
    tell?.(changesBetween(ran, flow, this.catalogue.checkedTypes()).map(({ sentence }) => sentence));
    await this.versions.prune(id, new Set([version, ...(before === undefined ? [] : [before])]));
    return this.settled(wish, withinMs);
  }

  /** Throws the problem that a deploy of this flow would answer; nothing where it would be done. */
  async refuseToDeploy(flow: Flow, discardWaiting: boolean): Promise<void> {
    const findings = await this.checker.check(flow);
    if (findings.some(isError)) throw refused(`the flow "${flow.id}" cannot be deployed as it is`, findings);
    if (!discardWaiting)
      refuseToLose(await this.wouldBeLost(flow.id, flow), 'deploy it with "discard_waiting": true all the same');
  }

  override async refuseToDelete(id: string): Promise<void> {
    refuseToLose(await this.wouldBeLost(id), 'delete it with "?discard_waiting=true" all the same');
  }

  override async wouldBeLost(id: string, after?: Flow): Promise<Finding[]> {
    if (!Id.safeParse(id).success) return [];
    return this.buffers.wouldBeLost(await this.flowOf(id, await this.lastVersion(id)), after);
  }

  /** Whether a flow that differs in nothing that runs should run already. */
  async isDeployed(flow: Flow): Promise<boolean> {
    const found = await this.deployments.look(flow.id);
    if (found?.kind !== 'whole' || found.value.desired !== 'running') return false;
    const version = await this.versions.get(flow.id, found.value.version);
    return version !== undefined && changesBetween(version.flow, flow, this.catalogue.checkedTypes()).length === 0;
  }

  /** Makes what should run what it was; stops what was never deployed. */
  async putBack(id: string, before: Found<Deployment> | undefined): Promise<void> {
    if (before?.kind === 'whole') await this.deployments.want(id, before.value.version, before.value.desired);
    else if (await this.deployments.look(id)) await this.stop(id);
  }

  async start(id: string, withinMs?: number): Promise<Deployment> {
    return this.settled(await this.deployments.want(id, await this.versionOf(id), 'running'), withinMs);
  }

  /** Needs neither a draft nor a version that can be read, nor NATS: what runs stops, and that is written down later. */
  async stop(id: string, withinMs?: number): Promise<Deployment> {
    return this.settled(await this.wantStopped(id), withinMs);
  }

  async status(id: string): Promise<FlowStatus> {
    const status = this.supervisor.status(id);
    if (status) return status;
    const found = await this.deployments.look(id);
    if (found?.kind === 'damaged')
      return neverDeployed(id, `What should run cannot be read: ${found.sentence}; ${say}`);
    const [newest] = await this.versions.numbers(id);
    if (!found && newest !== undefined) return neverDeployed(id, `It is not known any more what should run; ${say}`);
    if (!found && !(await this.drafts.look(id))) throw notFound(`there is no flow "${id}"`);
    return neverDeployed(id);
  }

  async inject(id: string, component: string, { port, payloads }: Injection): Promise<Injected> {
    try {
      await this.supervisor.inject(
        id,
        component,
        port,
        payloads.map((payload) => jsonOf(payload)),
      );
      return { accepted: payloads.length };
    } catch (thrown) {
      if (thrown instanceof RangeError) throw notFound(thrown.message);
      if (!(thrown instanceof FatalFault)) throw thrown;
      // a 404 where there is no such flow at all
      await this.status(id);
      throw conflict(thrown.message);
    }
  }

  override async atRest(id: string): Promise<Found<Deployment> | undefined> {
    const found = await this.deployments.look(id);
    const desired = found?.kind === 'whole' ? found.value.desired : this.supervisor.status(id)?.desired;
    if (desired === 'running') throw conflict(`the flow "${id}" runs; stop it before you delete it`);
    return found;
  }

  override async forget(id: string, found: Found<Deployment> | undefined): Promise<void> {
    if (found) await this.deployments.forget(id, found.revision);
    // what has another id never ran, and has kept nothing
    if (!Id.safeParse(id).success) return;
    await this.buffers.removeAll(id);
    await this.places.forget(id);
  }

  override deployment(id: string): Promise<Found<Deployment> | undefined> {
    return this.deployments.look(id);
  }

  override allDeployments(): Promise<readonly Found<Deployment>[]> {
    return this.deployments.all();
  }

  override lastRun(id: string): Flow | undefined {
    return this.supervisor.deployedVersion(id)?.flow;
  }

  /** The deployment as soon as the flow does what it says or has failed to, or after `withinMs`; at once without. */
  private async settled(wish: Wish, withinMs: number | undefined): Promise<Deployment> {
    if (withinMs !== undefined) await this.supervisor.settled(wish, Math.min(withinMs, longestWaitMs));
    return wish.deployment;
  }

  private async wantStopped(id: string): Promise<Wish> {
    try {
      return await this.deployments.want(id, await this.versionOf(id), 'stopped');
    } catch (thrown) {
      const wish = thrown instanceof NatsAway ? this.supervisor.stopUnwritten(id) : undefined;
      if (!wish) throw thrown;
      return wish;
    }
  }

  private async flowOf(id: string, version: number | undefined): Promise<Flow | undefined> {
    return version === undefined ? undefined : (await this.versions.get(id, version))?.flow;
  }

  /** The version that should run or last ran: by its word, else by what this server runs. */
  private async lastVersion(id: string): Promise<number | undefined> {
    const found = await this.deployments.look(id);
    return found?.kind === 'whole' ? found.value.version : this.supervisor.status(id)?.version;
  }

  /** The version to start or stop: the last one, else the newest that is kept. */
  private async versionOf(id: string): Promise<number> {
    const version = (await this.lastVersion(id)) ?? (await this.versions.numbers(id))[0];
    if (version !== undefined) return version;
    if (!(await this.drafts.look(id))) throw notFound(`there is no flow "${id}"`);
    throw notFound(`the flow "${id}" was never deployed; deploy it first`);
  }
}

/** @param otherwise how to do it nevertheless */
const refuseToLose = (findings: readonly Finding[], otherwise: string): void => {
  const [first] = findings;
  if (first)
    throw new HttpProblem(409, `${first.sentence}; ${first.hint}, or ${otherwise}`, [...findings], {
      kind: 'would-lose-messages',
    });
};

const say = 'deploy, start or stop it to say so';
