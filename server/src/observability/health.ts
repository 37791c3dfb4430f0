import { Injectable } from '@nestjs/common';
import { formatDuration, type Health, type System } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';
import { Nats } from '../nats/nats.ts';
import { Quarantine } from '../nats/quarantine.ts';
import { Supervisor } from '../runtime/supervisor.ts';
import { about } from './about.ts';

/** How the whole is: from NATS and from what flows should do and do. */
@Injectable()
export class HealthReport {
  constructor(
    private readonly nats: Nats,
    private readonly supervisor: Supervisor,
    private readonly quarantine: Quarantine,
    private readonly settings: Settings,
  ) {}

  health(): Health {
    const flows = this.flows();
    const isConnected = this.nats.state === 'connected';
    const isSound = isConnected && flows === 'running' && this.quarantine.all().length === 0;
    return {
      status: isSound ? 'healthy' : 'degraded',
      version: about.version,
      uptime: formatDuration(process.uptime() * 1000),
      components: { nats: this.nats.state, flows },
    };
  }

  system(): System {
    const statuses = this.supervisor.statuses();
    const { serverVersion } = this.nats;
    return {
      name: this.settings.name,
      version: about.version,
      uptime: formatDuration(process.uptime() * 1000),
      started_at: about.startedAt.toISOString(),
      node_version: process.version,
      nats: {
        state: this.nats.state,
        ...(serverVersion === undefined ? {} : { server_version: serverVersion }),
        managed: this.nats.isManaged,
      },
      memory_bytes: process.memoryUsage.rss(),
      flows: { running: statuses.filter(({ observed }) => observed === 'running').length, total: statuses.length },
      troubles: this.quarantine.all(),
    };
  }

  /** `running` when every flow does what it should, else the worst that is true of one. */
  private flows(): string {
    const wanted = this.supervisor.statuses().filter(({ desired }) => desired === 'running');
    const worst = ['failed', 'degraded', 'starting'].find((observed) =>
      wanted.some((flow) => flow.observed === observed),
    );
    return worst ?? 'running';
  }
}
