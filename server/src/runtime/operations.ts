import { changesBetween, type Deployment, type Flow, type FlowStatus, isError } from '@semstreams/contract';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../components/catalogue.ts';
import { Checker } from '../flows/checker.ts';
import { type DeployedVersion, Deployer, type DeployOptions } from '../flows/deployer.ts';
import { Drafts } from '../flows/drafts.ts';
import { Versions } from '../flows/versions.ts';
import { FatalFault } from '../engine/fault.ts';
import { conflict, HttpProblem, notFound, refused } from '../web/problems.ts';
import { Buffers } from './buffers.ts';
import { Deployments, type Wish } from './deployments.ts';
import { neverDeployed } from './flow-status.ts';
import type { Injected, Injection } from './inject.ts';
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
  ) {
    super();
  }

  /**
   * Makes the draft a version and that version the one that should run. An unchanged draft makes no new version. Refused
   * where it would throw away what waits in the buffers of connections that are no more, unless `discardWaiting` says so.
   */
  override async deploy(
    id: string,
    { note, discardWaiting = false }: DeployOptions = {},
    withinMs?: number,
  ): Promise<Deployment> {
    const { revision: _, ...flow } = await this.drafts.get(id);
    const findings = await this.checker.check(flow);
    if (findings.some(isError)) throw refused(`the flow "${id}" cannot be deployed as it is`, findings);
    if (!discardWaiting) await this.refuseToDiscard(flow);
    const latest = await this.versions.latest(id);
    const isSame = latest && changesBetween(latest.flow, flow, this.catalogue.checkedTypes()).length === 0;
    const { version } = isSame ? latest : await this.versions.add(flow, note);
    return this.settled(await this.deployments.want(id, version, 'running'), withinMs);
  }

  async start(id: string, withinMs?: number): Promise<Deployment> {
    return this.settled(await this.deployments.want(id, (await this.deployed(id)).version, 'running'), withinMs);
  }

  async stop(id: string, withinMs?: number): Promise<Deployment> {
    return this.settled(await this.deployments.want(id, (await this.deployed(id)).version, 'stopped'), withinMs);
  }

  async status(id: string): Promise<FlowStatus> {
    const status = this.supervisor.status(id);
    if (status) return status;
    await this.drafts.get(id);
    return neverDeployed(id);
  }

  async inject(id: string, component: string, { port, payloads }: Injection): Promise<Injected> {
    try {
      await this.supervisor.inject(
        id,
        component,
        port,
        payloads.map((payload) => JSON.stringify(payload)),
      );
      return { accepted: payloads.length };
    } catch (thrown) {
      if (thrown instanceof FatalFault) throw conflict(thrown.message);
      throw thrown;
    }
  }

  override async forget(id: string): Promise<void> {
    const deployment = await this.deployments.get(id);
    if (deployment?.desired === 'running') throw conflict(`the flow "${id}" runs; stop it before you delete it`);
    if (deployment) await this.deployments.forget(id);
    await this.buffers.removeAll(id);
  }

  override async deployedVersion(id: string): Promise<number | undefined> {
    return (await this.deployments.get(id))?.version;
  }

  override async deployedVersions(): Promise<ReadonlyMap<string, DeployedVersion>> {
    const all = await this.deployments.all();
    return new Map(all.map(({ deployment: { flow, version }, revision }) => [flow, { version, revision }]));
  }

  /** The deployment as soon as the flow does what it says or has failed to, or after `withinMs`; at once without. */
  private async settled(wish: Wish, withinMs: number | undefined): Promise<Deployment> {
    if (withinMs !== undefined) await this.supervisor.settled(wish, Math.min(withinMs, longestWaitMs));
    return wish.deployment;
  }

  private async refuseToDiscard(flow: Flow): Promise<void> {
    const findings = await this.buffers.wouldBeDiscarded(flow, await this.deployedFlow(flow.id));
    if (findings.length > 0)
      throw new HttpProblem(
        409,
        `${findings[0]!.sentence}; let them be delivered first, or deploy with "discard_waiting": true`,
        findings,
      );
  }

  private async deployedFlow(id: string): Promise<Flow | undefined> {
    const version = await this.deployedVersion(id);
    return version === undefined ? undefined : (await this.versions.get(id, version))?.flow;
  }

  private async deployed(id: string): Promise<Deployment> {
    await this.drafts.get(id);
    const deployment = await this.deployments.get(id);
    if (!deployment) throw notFound(`the flow "${id}" was never deployed; deploy it first`);
    return deployment;
  }
}
