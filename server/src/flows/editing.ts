import { Injectable } from '@nestjs/common';
import type { Finding, Flow, FlowDocument, StoredFlow, Version, VersionSummary } from '@semstreams/contract';
import { HttpProblem, notFound } from '../web/problems.ts';
import { Checker } from './checker.ts';
import { Deployer } from './deployer.ts';
import { Drafts } from './drafts.ts';
import { Versions } from './versions.ts';

/** What people do with drafts. A draft may be wrong as long as it is not deployed: work in progress is kept. */
@Injectable()
export class Editing {
  constructor(
    private readonly drafts: Drafts,
    private readonly versions: Versions,
    private readonly checker: Checker,
    private readonly deployer: Deployer,
  ) {}

  async check(document: unknown): Promise<Finding[]> {
    return this.checker.check(document);
  }

  async get(id: string): Promise<StoredFlow> {
    return this.drafts.get(id);
  }

  async create(document: FlowDocument, name = 'flow'): Promise<StoredFlow> {
    return this.drafts.create(document, name);
  }

  async save(id: string, flow: Flow, ifMatch: string | undefined): Promise<StoredFlow> {
    if (flow.id !== id) throw new HttpProblem(400, `the body is flow "${flow.id}", the path says "${id}"`);
    const revision = revisionOf(ifMatch);
    if (revision === undefined)
      throw new HttpProblem(428, 'say by "If-Match" which revision this builds on: it is the ETag of the last answer');
    await this.drafts.get(id);
    return this.drafts.save(flow, revision);
  }

  async remove(id: string, ifMatch: string | undefined): Promise<void> {
    await this.drafts.check(id, revisionOf(ifMatch));
    await this.deployer.forget(id);
    await this.drafts.remove(id);
    await this.versions.removeAll(id);
  }

  async versionsOf(id: string): Promise<VersionSummary[]> {
    await this.drafts.get(id);
    return this.versions.list(id);
  }

  async version(id: string, number: number): Promise<Version> {
    const version = Number.isInteger(number) ? await this.versions.get(id, number) : undefined;
    if (!version) throw notFound(`the flow "${id}" has no version ${number}`);
    return version;
  }

  async restore(id: string, number: number): Promise<StoredFlow> {
    const { revision } = await this.drafts.get(id);
    const { flow } = await this.version(id, number);
    return this.drafts.save(flow, revision);
  }
}

/** `"12"`, `W/"12"` and `12` mean revision 12. */
const revisionOf = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined) return undefined;
  const digits = /^(?:W\/)?"?(\d+)"?$/.exec(ifMatch.trim())?.[1];
  if (digits === undefined)
    throw new HttpProblem(400, `"If-Match: ${ifMatch}" is no revision: send the ETag as it came`);
  return Number(digits);
};
