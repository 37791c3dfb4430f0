import {
  type Applied,
  type AppliedFlow,
  type Deployment,
  type Flow,
  isError,
  type Finding,
} from '@semstreams/contract';
import { Injectable } from '@nestjs/common';
import { Checker } from '../flows/checker.ts';
import { Drafts } from '../flows/drafts.ts';
import { Editing, isSameFlow } from '../flows/editing.ts';
import type { Found } from '../nats/storage/bucket-changes.ts';
import { Operations } from '../supervision/operations.ts';
import { HttpProblem, refused } from '../web/problems.ts';
import { withLayoutOf } from './flow-set.ts';

export interface ApplyOptions {
  readonly dryRun: boolean;
  /** Whether flows that are not in the set are stopped and removed. */
  readonly prune: boolean;
  /** Whether the flows should run, too. */
  readonly deploy: boolean;
  readonly discardWaiting: boolean;
  readonly waitMs?: number | undefined;
}

/** What is to be done to one flow, and how it was before. */
interface Step {
  readonly id: string;
  readonly action: AppliedFlow['action'];
  readonly deploys: boolean;
  /** As it should be; undefined where it is removed. */
  readonly flow: Flow | undefined;
  readonly draft: Found<Flow> | undefined;
  readonly deployment: Found<Deployment> | undefined;
}

/**
 * Makes all flows of a set what they should be. Everything is checked before anything is written; where a write fails all the
 * same, what was done is taken back. Applied again it does nothing, so after a crash in the middle that is the way on.
 */
@Injectable()
export class Applying {
  /** One set at a time: two at once could take back what the other has done. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly drafts: Drafts,
    private readonly checker: Checker,
    private readonly editing: Editing,
    private readonly operations: Operations,
  ) {}

  async apply(flows: readonly Flow[], options: ApplyOptions): Promise<Applied> {
    const turn = this.last.then(() => this.applyAlone(flows, options));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async applyAlone(flows: readonly Flow[], options: ApplyOptions): Promise<Applied> {
    await this.refuseWrong(flows);
    const steps = await this.planned(flows, options);
    for (const { id, flow, deploys } of steps) {
      if (flow && deploys) await this.operations.refuseToDeploy(flow, options.discardWaiting);
      if (!flow && !options.discardWaiting) await this.operations.refuseToDelete(id);
    }
    const versions = options.dryRun ? new Map<string, number>() : await this.done(steps, options);
    return {
      dry_run: options.dryRun,
      changed: steps.some(({ action, deploys }) => action !== 'none' || deploys),
      flows: steps.map((step) => told(step, versions.get(step.id), options.dryRun)),
    };
  }

  private async refuseWrong(flows: readonly Flow[]): Promise<void> {
    const findings: Finding[] = [];
    for (const [index, flow] of flows.entries())
      for (const finding of await this.checker.check(flow))
        if (isError(finding)) findings.push({ ...finding, place: `flows[${index}].${finding.place}` });
    const [first] = findings;
    if (first) throw refused(`nothing was changed: ${first.place}: ${first.sentence}`, findings.slice(0, mostFindings));
  }

  private async planned(flows: readonly Flow[], { deploy, prune }: ApplyOptions): Promise<Step[]> {
    const steps: Step[] = [];
    for (const given of flows) {
      const { id } = given;
      const [draft, deployment] = [await this.drafts.look(id), await this.operations.deployment(id)];
      const before = draft?.kind === 'whole' ? draft.value : undefined;
      const flow = withLayoutOf(given, before);
      const action = !draft ? 'create' : before && isSameFlow(before, flow) ? 'none' : 'change';
      steps.push({ id, action, deploys: deploy && !(await this.operations.isDeployed(flow)), flow, draft, deployment });
    }
    return prune ? [...steps, ...(await this.superfluous(new Set(flows.map(({ id }) => id))))] : steps;
  }

  private async superfluous(wanted: ReadonlySet<string>): Promise<Step[]> {
    const deployments = new Map((await this.operations.allDeployments()).map((found) => [found.key, found]));
    const drafts = new Map((await this.drafts.entries()).map((found) => [found.key, found]));
    return [...new Set([...drafts.keys(), ...deployments.keys()])]
      .filter((id) => !wanted.has(id))
      .sort()
      .map((id) => ({
        id,
        action: 'remove',
        deploys: false,
        flow: undefined,
        draft: drafts.get(id),
        deployment: deployments.get(id),
      }));
  }

  /** The versions that should run now. What cannot be undone comes last: removals. */
  private async done(steps: readonly Step[], options: ApplyOptions): Promise<ReadonlyMap<string, number>> {
    const begun: Step[] = [];
    const versions = new Map<string, number>();
    try {
      for (const step of steps) {
        if (!step.flow || step.action === 'none') continue;
        await this.drafts.save(step.flow, step.draft?.revision ?? 0);
        begun.push(step);
      }
      const deploying = steps.filter(({ deploys }) => deploys);
      begun.push(...deploying.filter((step) => !begun.includes(step)));
      for (const { id } of deploying) {
        const { version } = await this.operations.deploy(id, { discardWaiting: options.discardWaiting });
        versions.set(id, version);
      }
    } catch (thrown) {
      await this.takeBack(begun);
      throw thrown;
    }
    await this.settled(steps, options.waitMs);
    for (const step of steps) if (step.action === 'remove') await this.remove(step, options);
    return versions;
  }

  private async settled(steps: readonly Step[], waitMs: number | undefined): Promise<void> {
    if (waitMs === undefined) return;
    const running = steps.filter(({ deploys }) => deploys);
    await Promise.all(running.map(async ({ id }) => this.operations.start(id, waitMs)));
  }

  private async remove(
    { id, deployment }: Step,
    { waitMs = longestStopMs, discardWaiting }: ApplyOptions,
  ): Promise<void> {
    if (deployment) await this.operations.stop(id, waitMs);
    await this.editing.remove(id, { ifMatch: undefined, discardWaiting });
  }

  /** In the order in which it was done, backwards; what cannot be taken back is left and said by the next look. */
  private async takeBack(begun: readonly Step[]): Promise<void> {
    const failures: unknown[] = [];
    for (const { id, draft, deployment } of begun.toReversed())
      try {
        await this.operations.putBack(id, deployment);
        if (!draft) await this.editing.remove(id, { ifMatch: undefined, discardWaiting: true });
        else if (draft.kind === 'whole') {
          const present = await this.drafts.look(id);
          await this.drafts.save(draft.value, present?.revision ?? 0);
        }
      } catch (thrown) {
        failures.push(thrown);
      }
    if (failures.length === 0) return;
    throw new HttpProblem(503, 'it failed in the middle, and could not be taken back: apply it again', undefined, {
      cause: new AggregateError(failures),
    });
  }
}

const mostFindings = 100;
/** How long a flow that is removed may take to hand on what came in, in milliseconds. */
const longestStopMs = 30_000;

const words = {
  create: ['would be made', 'was made'],
  change: ['would be changed', 'was changed'],
  none: ['stays as it is', 'stayed as it was'],
  remove: ['would be stopped and removed', 'was stopped and removed'],
} as const;

const told = ({ id, action, deploys }: Step, version: number | undefined, isDryRun: boolean): AppliedFlow => {
  const deployed = deploys ? (isDryRun ? ' and deployed' : ` and deployed as version ${version}`) : '';
  return {
    id,
    action,
    deploys,
    ...(version === undefined ? {} : { version }),
    sentence: `"${id}" ${words[action][isDryRun ? 0 : 1]}${deployed}`,
  };
};
