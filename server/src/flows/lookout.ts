import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { sentenceOf } from '../engine/fault.ts';
import { Nats } from '../nats/nats.ts';
import { refusalOf } from '../nats/connection/nats-away.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import { Deployer } from './deployer.ts';
import { Drafts } from './drafts.ts';
import { damageOf, rowsOf } from './flow-list.ts';
import { Versions } from './versions.ts';

/** How often it looks whether all that flows need is there, in milliseconds. */
const lookMs = 5000;

/**
 * Reads all that is kept of flows once at the start, so that what is damaged is named before somebody needs it, and keeps an
 * eye on it: what an operator deletes by hand is named too.
 */
@Injectable()
export class Lookout implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private looking: NodeJS.Timeout | undefined;
  private hasReadVersions = false;
  private missing: readonly string[] = [];

  constructor(
    private readonly drafts: Drafts,
    private readonly versions: Versions,
    private readonly deployer: Deployer,
    private readonly quarantine: Quarantine,
    private readonly nats: Nats,
  ) {}

  onApplicationBootstrap(): void {
    void this.look();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.looking);
  }

  private async look(): Promise<void> {
    try {
      const rows = rowsOf(await this.drafts.entries(), await this.deployer.allDeployments());
      this.nameMissing(rows.filter(({ draft }) => !draft).map((row) => [row.id, damageOf(row)!]));
      if (this.hasReadVersions) await this.versions.check();
      else await this.versions.readAll();
      this.hasReadVersions = true;
      this.quarantine.note('buckets', undefined);
    } catch (thrown) {
      // while it is not connected that is said already
      if (this.nats.state === 'connected')
        this.quarantine.note(
          'buckets',
          `what is kept of flows cannot be read: ${refusalOf(thrown) ?? sentenceOf(thrown)}`,
        );
    }
    this.looking = setTimeout(() => void this.look(), lookMs).unref();
  }

  private nameMissing(missing: readonly (readonly [string, string])[]): void {
    const sources = missing.map(([id]) => `flow "${id}"`);
    for (const source of this.missing) if (!sources.includes(source)) this.quarantine.note(source, undefined);
    for (const [index, source] of sources.entries()) {
      const [flow, sentence] = missing[index]!;
      this.quarantine.note(source, sentence, { flow });
    }
    this.missing = sources;
  }
}
