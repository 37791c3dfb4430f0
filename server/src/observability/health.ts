import { Injectable } from '@nestjs/common';
import { formatDuration, type Health, type System } from '@semstreams/contract';
import { type Principal, reachOf } from '../access/principal.ts';
import { Settings } from '../config/settings.ts';
import { DiskSpace } from '../nats/storage/disk-space.ts';
import { Nats } from '../nats/nats.ts';
import { Quarantine, type SeenFlows } from '../nats/storage/quarantine.ts';
import { Lanes } from '../lanes/lanes.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { about } from '../config/about.ts';

const mostSentences = 20;

type FlowState = ReturnType<Supervisor['states']>[number];

/** How the whole is: from NATS and from what flows should do and do. */
@Injectable()
export class HealthReport {
  constructor(
    private readonly nats: Nats,
    private readonly supervisor: Supervisor,
    private readonly quarantine: Quarantine,
    private readonly settings: Settings,
    private readonly disk: DiskSpace,
    private readonly lanes: Lanes,
  ) {}

  /** Of the whole everybody is told how it is; in sentences, who may look, of the flows within reach. */
  health(asker?: Principal): Health {
    const wanted = this.supervisor.states().filter(({ desired }) => desired === 'running');
    const flows = this.flows(wanted);
    const sentences = this.sentences(wanted);
    const disk = this.disk.isUnwritable ? 'unwritable' : this.disk.level;
    return {
      status: !this.nats.hasBeenConnected
        ? 'unhealthy'
        : sentences.length === 0 && flows === 'running'
          ? 'healthy'
          : 'degraded',
      version: about.version,
      ...(about.commit === undefined ? {} : { commit: about.commit }),
      uptime: formatDuration(process.uptime() * 1000),
      components: { nats: this.nats.state, flows, disk },
      sentences: asker ? this.sentences(wanted, reachOf(asker)) : [],
    };
  }

  system(asker: Principal): System {
    const states = this.supervisor.states();
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
      memory_bytes: process.memoryUsage.rss() + this.lanes.memoryBytes(),
      flows: { running: states.filter(({ observed }) => observed === 'running').length, total: states.length },
      troubles: this.quarantine.all(reachOf(asker)),
    };
  }

  /** What is not as it should be, the most telling first. */
  private sentences(wanted: readonly FlowState[], reach?: SeenFlows): string[] {
    const { sentence } = this.nats;
    const troubles = this.quarantine.all(reach).map((trouble) => `${trouble.source}: ${trouble.sentence}`);
    const flows = ['failed', 'degraded']
      .flatMap((worst) => wanted.filter(({ observed, flow }) => observed === worst && (reach?.(flow) ?? true)))
      .slice(0, mostSentences)
      .map(({ flow }) => `${flow}: ${this.supervisor.status(flow)?.sentence}`);
    return [...(sentence === undefined ? [] : [sentence]), ...troubles, ...flows].slice(0, mostSentences);
  }

  /** `running` when every flow does what it should, else the worst that is true of one; `starting` until all are known. */
  private flows(wanted: readonly FlowState[]): string {
    const worst = ['failed', 'degraded', 'starting'].find((observed) =>
      wanted.some((flow) => flow.observed === observed),
    );
    return worst ?? (this.supervisor.knowsAll ? 'running' : 'starting');
  }
}
