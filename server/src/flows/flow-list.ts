import { Injectable } from '@nestjs/common';
import { changesBetween, FlowSummary } from '@semstreams/contract';
import { z } from 'zod';
import { Catalogue } from '../components/catalogue.ts';
import type { Entry } from '../nats/bucket.ts';
import type { Flow } from '@semstreams/contract';
import { type DeployedVersion, Deployer } from './deployer.ts';
import { Drafts } from './drafts.ts';
import { Versions } from './versions.ts';

export const FlowPage = z.strictObject({ items: z.array(FlowSummary), total: z.int() }).meta({ id: 'FlowPage' });
export type FlowPage = z.infer<typeof FlowPage>;

export const PageQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0).meta({ description: 'How many to pass over.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(1000).meta({ description: 'How many at most.' }),
  search: z.string().default('').meta({ description: 'Only flows with this text in their name or id.' }),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** The list of flows: by name, without what is inside. */
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

  async page({ offset, limit, search }: PageQuery): Promise<FlowPage> {
    const wanted = search.toLowerCase();
    const [entries, versions] = await Promise.all([this.drafts.entries(), this.deployer.deployedVersions()]);
    const found = entries
      .filter(({ value }) => `${value.name} ${value.id}`.toLowerCase().includes(wanted))
      .sort((a, b) => a.value.name.localeCompare(b.value.name));
    const items = await Promise.all(
      found.slice(offset, offset + limit).map(async (entry) => this.summary(entry, versions.get(entry.key))),
    );
    this.forgetAllBut(entries);
    return { items, total: found.length };
  }

  private async summary(entry: Entry<Flow>, deployed: DeployedVersion | undefined): Promise<FlowSummary> {
    const of = `${entry.revision} ${entry.updatedAt.getTime()} ${deployed?.version} ${deployed?.revision}`;
    const said = this.said.get(entry.key);
    if (said?.of === of) return said.summary;
    const summary = await this.summarised(entry, deployed?.version);
    this.said.set(entry.key, { of, summary });
    return summary;
  }

  private forgetAllBut(entries: readonly Entry<Flow>[]): void {
    if (this.said.size <= entries.length) return;
    const kept = new Set(entries.map(({ key }) => key));
    for (const key of this.said.keys()) if (!kept.has(key)) this.said.delete(key);
  }

  private async summarised(
    { value, revision, updatedAt }: Entry<Flow>,
    version: number | undefined,
  ): Promise<FlowSummary> {
    const deployed = version === undefined ? undefined : await this.versions.get(value.id, version);
    const changes = changesBetween(deployed?.flow, value, this.catalogue.checkedTypes());
    return {
      id: value.id,
      name: value.name,
      ...(value.description === undefined ? {} : { description: value.description }),
      revision,
      component_count: value.components.length,
      updated_at: updatedAt.toISOString(),
      ...(version === undefined ? {} : { deployed_version: version }),
      changed: changes.length > 0,
    };
  }
}
