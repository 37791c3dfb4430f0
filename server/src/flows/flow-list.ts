import { Injectable } from '@nestjs/common';
import { changesBetween, type Deployment, type Flow, FlowSummary, pageOf } from '@semstreams/contract';
import { z } from 'zod';
import { Catalogue } from '../component-kit/catalogue.ts';
import { takingTurns } from '../engine/turns.ts';
import type { Found } from '../nats/storage/bucket-changes.ts';
import { flag, wholeNumber } from '../web/address-words.ts';
import { listing } from '../web/listing.ts';
import { Deployer } from './deployer.ts';
import { Drafts } from './drafts.ts';
import { Versions } from './versions.ts';

export const FlowPage = pageOf(FlowSummary, 'FlowPage');
export type FlowPage = z.infer<typeof FlowPage>;

/** What is known of one flow: a draft, a deployment, or both. */
export interface Row {
  readonly id: string;
  readonly draft: Found<Flow> | undefined;
  readonly deployment: Found<Deployment> | undefined;
}

const flows = listing<Row>()({
  sorts: {
    name: (row) => nameOf(row),
    id: ({ id }) => id,
    updated_at: ({ draft, deployment }) => (draft ?? deployment)!.updatedAt.toISOString(),
  },
  usual: 'name',
  id: ({ id }) => id,
  texts: (row) => [nameOf(row), row.id, descriptionOf(row)],
});
export const PageQuery = flows.query.extend({
  deployed: flag
    .unwrap()
    .optional()
    .meta({ description: 'Only flows that were deployed, or only those that never were.' }),
  offset: wholeNumber(z.int().min(0)).default(0).meta({
    description: 'How many to pass over. By `after` none comes twice where others are made or deleted meanwhile.',
  }),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** The list of flows: by name, without what is inside. What is damaged is in it too, so that people can act on it. */
@Injectable()
export class FlowList {
  /** By flow: what was said last, and of what: it is the same until one of them is written. */
  private readonly said = new Map<string, { readonly of: string; readonly summary: FlowSummary }>();

  constructor(
    private readonly drafts: Drafts,
    private readonly versions: Versions,
    private readonly deployer: Deployer,
    private readonly catalogue: Catalogue,
  ) {}

  async page({ offset, deployed, ...query }: PageQuery, isMeant: (flow: string) => boolean): Promise<FlowPage> {
    const rows = rowsOf(await this.drafts.entries(), await this.deployer.allDeployments());
    const meant = rows
      .filter(({ id }) => isMeant(id))
      .filter(({ deployment }) => deployed === undefined || deployed === (deployment !== undefined));
    const { items, ...more } = flows.page(meant, { ...query, limit: offset + query.limit });
    const summaries = await this.summaries(items.slice(offset));
    this.forgetAllBut(rows);
    return { items: summaries, ...more };
  }

  /** Versions are read at the same time; what is said of a thousand flows leaves others their turn. */
  private async summaries(rows: readonly Row[]): Promise<FlowSummary[]> {
    const pause = takingTurns();
    const known = rows.map((row) => this.saidOf(row));
    const deployed = await Promise.all(
      rows.map(async (row, index) => (known[index] ? undefined : this.deployedOf(row))),
    );
    const items: FlowSummary[] = [];
    for (const [index, row] of rows.entries()) {
      items.push(known[index] ?? this.summary(row, deployed[index]));
      await pause();
    }
    return items;
  }

  private saidOf(row: Row): FlowSummary | undefined {
    const said = this.said.get(row.id);
    return said?.of === stateOf(row) ? said.summary : undefined;
  }

  private summary(row: Row, deployed: Flow | undefined): FlowSummary {
    const summary = this.summarised(row, deployed);
    this.said.set(row.id, { of: stateOf(row), summary });
    return summary;
  }

  private forgetAllBut(rows: readonly Row[]): void {
    if (this.said.size <= rows.length) return;
    const kept = new Set(rows.map(({ id }) => id));
    for (const key of this.said.keys()) if (!kept.has(key)) this.said.delete(key);
  }

  private summarised(row: Row, deployed: Flow | undefined): FlowSummary {
    const { id, draft, deployment } = row;
    const flow = draft?.kind === 'whole' ? draft.value : undefined;
    const version = deployment?.kind === 'whole' ? deployment.value.version : undefined;
    const damaged = damageOf(row);
    return {
      id,
      name: nameOf(row),
      ...(flow?.description === undefined ? {} : { description: flow.description }),
      revision: draft?.revision ?? 0,
      component_count: flow?.components.length ?? 0,
      updated_at: (draft ?? deployment)!.updatedAt.toISOString(),
      ...(version === undefined ? {} : { deployed_version: version }),
      changed: flow !== undefined && changesBetween(deployed, flow, this.catalogue.checkedTypes()).length > 0,
      ...(damaged === undefined ? {} : { damaged }),
    };
  }

  private async deployedOf({ id, draft, deployment }: Row): Promise<Flow | undefined> {
    if (draft?.kind !== 'whole' || deployment?.kind !== 'whole') return undefined;
    return (await this.versions.get(id, deployment.value.version))?.flow;
  }
}

/** The same until one of what is known is written. */
const stateOf = ({ draft, deployment }: Row): string =>
  [draft, deployment].map((found) => `${found?.revision} ${found?.updatedAt.getTime()}`).join(' ');

export const rowsOf = (drafts: readonly Found<Flow>[], deployments: readonly Found<Deployment>[]): Row[] => {
  const deployed = new Map(deployments.map((found) => [found.key, found]));
  const drafted = new Map(drafts.map((found) => [found.key, found]));
  return [...new Set([...drafted.keys(), ...deployed.keys()])].map((id) => ({
    id,
    draft: drafted.get(id),
    deployment: deployed.get(id),
  }));
};

const nameOf = ({ id, draft }: Row): string => (draft?.kind === 'whole' ? draft.value.name : id);

const descriptionOf = ({ draft }: Row): string | undefined =>
  draft?.kind === 'whole' ? draft.value.description : undefined;

/** What of a flow is missing or cannot be read, with the way out. */
export const damageOf = ({ draft, deployment }: Row): string | undefined => {
  if (draft?.kind === 'damaged')
    return `its draft cannot be read (${draft.sentence}): restore one of its versions, or delete it`;
  if (deployment?.kind === 'damaged')
    return `what should run cannot be read (${deployment.sentence}): deploy, start or stop it to say so, or delete it`;
  if (!draft) return 'its draft is gone: restore the version that runs, or stop and delete it';
  return undefined;
};
