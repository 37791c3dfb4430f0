import { Injectable } from '@nestjs/common';
import { formatDuration, type Health, type System } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';
import { DiskSpace } from '../nats/disk-space.ts';
import { Nats } from '../nats/nats.ts';
import { Quarantine } from '../nats/quarantine.ts';
import { Supervisor } from '../runtime/supervisor.ts';
import { about } from './about.ts';

const mostSentences = 20;

/** How the whole is: from NATS and from what flows should do and do. */
@Injectable()
export class HealthReport {
  constructor(
    private readonly nats: Nats,
    private readonly supervisor: Supervisor,
    private readonly quarantine: Quarantine,
    private readonly settings: Settings,
    private readonly disk: DiskSpace,
  ) {}

  health(): Health {
    const flows = this.flows();
    const sentences = this.sentences();
    const { level } = this.disk;
    return {
      status: !this.nats.hasBeenConnected
        ? 'unhealthy'
        : sentences.length === 0 && flows === 'running'
          ? 'healthy'
          : 'degraded',
      version: about.version,
      ...(about.commit === undefined ? {} : { commit: about.commit }),
      uptime: formatDuration(process.uptime() * 1000),
      components: { nats: this.nats.state, flows, disk: level },
      sentences,
    };
  }

  system(): System {
    const statuses = this.supervisor.statuses();
    const { serverVersion, sentence } = this.nats;
    return {
      name: this.settings.name,
      version: about.version,
      ...(about.commit === undefined ? {} : { commit: about.commit }),
      uptime: formatDuration(process.uptime() * 1000),
      started_at: about.startedAt.toISOString(),
      node_version: process.version,
      nats: {
        state: this.nats.state,
        ...(serverVersion === undefined ? {} : { server_version: serverVersion }),
        managed: this.nats.isManaged,
        ...(sentence === undefined ? {} : { sentence }),
      },
      memory_bytes: process.memoryUsage.rss(),
      flows: { running: statuses.filter(({ observed }) => observed === 'running').length, total: statuses.length },
      troubles: this.quarantine.all(),
    };
  }

  /** What is not as it should be, the most telling first. */
  private sentences(): string[] {
    const { sentence } = this.nats;
    const troubles = this.quarantine.all().map((trouble) => `${trouble.source}: ${trouble.sentence}`);
    const flows = this.supervisor
      .statuses()
      .filter(({ desired, observed }) => desired === 'running' && (observed === 'failed' || observed === 'degraded'))
      .map((status) => `${status.flow}: ${status.sentence}`);
    return [...(sentence === undefined ? [] : [sentence]), ...troubles, ...flows].slice(0, mostSentences);
  }

  /** `running` when every flow does what it should, else the worst that is true of one; `starting` until all are known. */
  private flows(): string {
    const wanted = this.supervisor.statuses().filter(({ desired }) => desired === 'running');
    const worst = ['failed', 'degraded', 'starting'].find((observed) =>
      wanted.some((flow) => flow.observed === observed),
    );
    return worst ?? (this.supervisor.knowsAll ? 'running' : 'starting');
  }
}
