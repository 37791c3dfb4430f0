import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  type Finding,
  Flow,
  type FlowDocument,
  isError,
  type StoredFlow,
  type Version,
  type VersionSummary,
} from '@semstreams/contract';
import { conflict, HttpProblem, notFound } from '../web/problems.ts';
import { Checker } from './checker.ts';
import { Deployer } from './deployer.ts';
import { Drafts, staleFlow } from './drafts.ts';
import { type MayKnow, PortsTaken } from './ports-taken.ts';
import { Versions } from './versions.ts';

export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface Removal {
  readonly ifMatch: string | undefined;
  /** Whether what waits in its buffers, and the places of receivers, may be thrown away. */
  readonly discardWaiting: boolean;
  /** Only refuses where something would be lost; the flow may still run. */
  readonly dryRun?: boolean;
}

export interface Saved {
  readonly isNew: boolean;
  readonly stored: StoredFlow;
}

/** Whether two flows are the same when they are written down. */
export const isSameFlow = (one: Flow, other: Flow): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));

/** What people do with drafts. A draft may be wrong as long as it is not deployed: work in progress is kept. */
@Injectable()
export class Editing {
  constructor(
    private readonly drafts: Drafts,
    private readonly versions: Versions,
    private readonly checker: Checker,
    private readonly deployer: Deployer,
    private readonly ports: PortsTaken,
  ) {}

  /**
   * What is wrong with a document, which of its ports others use, and what deploying it in the place of what runs would lose.
   * Flows that somebody may not know are not named.
   */
  async check(document: unknown, mayKnow: MayKnow): Promise<Finding[]> {
    const found = await this.checker.check(document);
    const flow = Flow.safeParse(document);
    if (!flow.success) return found;
    const findings = [...found, ...(await this.ports.findings(flow.data, mayKnow))];
    if (findings.some(isError)) return findings;
    return [...findings, ...(await this.deployer.wouldBeLost(flow.data.id, flow.data))];
  }

  async get(id: string): Promise<StoredFlow> {
    return this.drafts.get(id);
  }

  async create(document: FlowDocument, name = 'flow'): Promise<StoredFlow> {
    return this.drafts.create(document, name);
  }

  /** Makes or changes a flow, as far as the preconditions let it. One that is the same already is left as it is. */
  async save(id: string, flow: Flow, { ifMatch, ifNoneMatch }: Preconditions): Promise<Saved> {
    if (flow.id !== id) throw new HttpProblem(400, `the body is flow "${flow.id}", the path says "${id}"`);
    if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
      throw new HttpProblem(400, '"If-None-Match" takes "*" here: make it only where there is none');
    const isMeant = matchOf(ifMatch);
    if (isMeant?.(0)) throw new HttpProblem(400, '"If-Match" is no revision: send the ETag as it came');
    const draft = await this.drafts.look(id);
    if (!draft && ifMatch?.trim() === '*') throw new HttpProblem(412, `there is no flow "${id}" to change`);
    if (!draft && isMeant) throw notFound(`there is no flow "${id}" any more`);
    if (!draft) return { isNew: true, stored: await this.drafts.save(flow, 0) };
    if (ifNoneMatch !== undefined) throw new HttpProblem(412, `there is a flow "${id}" already`);
    if (isMeant && !isMeant(draft.revision)) throw staleFlow(id, draft.revision);
    if (isMeant) return { isNew: false, stored: await this.drafts.save(flow, draft.revision) };
    if (draft.kind === 'whole' && isSameFlow(draft.value, flow))
      return { isNew: false, stored: { ...draft.value, revision: draft.revision } };
    throw new HttpProblem(
      428,
      'say by "If-Match" which revision this builds on: it is the ETag of the last answer, or "*" for whatever is there',
    );
  }

  /**
   * Deletes a flow, whatever of it is there and can be read. The draft goes first: whoever changed it meanwhile keeps all.
   * Refused where messages or places of receivers would go with it, unless `discardWaiting` says so.
   */
  async remove(id: string, { ifMatch, discardWaiting, dryRun = false }: Removal): Promise<void> {
    const isMeant = matchOf(ifMatch);
    const draft = await this.drafts.look(id);
    const deployment = await this.deployer.deployment(id);
    if (!draft && !deployment && (await this.versions.numbers(id)).length === 0)
      throw notFound(`there is no flow "${id}"`);
    if (isMeant && !isMeant(draft?.revision ?? 0)) throw staleFlow(id, draft?.revision ?? 0);
    if (dryRun) return this.deployer.refuseToDelete(id);
    const atRest = await this.deployer.atRest(id);
    if (!discardWaiting) await this.deployer.refuseToDelete(id);
    if (draft) await this.drafts.remove(id, draft.revision);
    await this.deployer.forget(id, atRest);
    await this.versions.removeAll(id);
  }

  async versionsOf(id: string): Promise<VersionSummary[]> {
    const versions = await this.versions.list(id);
    if (versions.length === 0 && !(await this.isKnown(id))) throw notFound(`there is no flow "${id}"`);
    return versions;
  }

  async version(id: string, number: number): Promise<Version> {
    const found = Number.isInteger(number) ? await this.versions.look(id, number) : undefined;
    if (!found) throw notFound(`the flow "${id}" has no version ${number}`);
    if (found.kind === 'damaged')
      throw conflict(`version ${number} of the flow "${id}" cannot be read (${found.sentence}); restore another one`);
    return found.value;
  }

  /** Makes a version the draft, also where the draft is gone or cannot be read; without a number the one that runs. */
  async restore(id: string, number: number | undefined, ifMatch: string | undefined): Promise<StoredFlow> {
    const isMeant = matchOf(ifMatch);
    const draft = await this.drafts.look(id);
    const revision = draft?.revision ?? 0;
    if (isMeant && !isMeant(revision)) throw staleFlow(id, revision);
    const flow = number === undefined ? await this.lastDeployed(id) : (await this.version(id, number)).flow;
    return this.drafts.save(flow, revision);
  }

  /** The flow as it runs or last ran: by its version, else as this server still knows it. */
  private async lastDeployed(id: string): Promise<Flow> {
    const deployment = await this.deployer.deployment(id);
    const number = deployment?.kind === 'whole' ? deployment.value.version : (await this.versions.numbers(id))[0];
    const version = number === undefined ? undefined : await this.versions.get(id, number);
    const flow = version?.flow ?? this.deployer.lastRun(id);
    if (!flow) throw notFound(`the flow "${id}" has no version that can be read`);
    return flow;
  }

  private async isKnown(id: string): Promise<boolean> {
    return (await this.drafts.look(id)) !== undefined || (await this.deployer.deployment(id)) !== undefined;
  }
}

/** Whether a revision is the one that somebody builds on. */
export type RevisionMatch = (revision: number) => boolean;

/**
 * What `If-Match` says: `"12"`, `W/"12"` and `12` mean revision 12, several of them any of these, and `*` whatever is there.
 * Undefined where it is not there.
 */
export const matchOf = (ifMatch: string | undefined): RevisionMatch | undefined => {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') return (revision) => revision > 0;
  const revisions = ifMatch.split(',').map((tag) => Number(/^(?:W\/)?"?(\d+)"?$/.exec(tag.trim())?.[1]));
  if (revisions.some(Number.isNaN))
    throw new HttpProblem(400, `"If-Match: ${ifMatch}" is no revision: send the ETag as it came`);
  return (revision) => revisions.includes(revision);
};
