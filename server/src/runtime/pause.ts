import { Injectable } from '@nestjs/common';
import { Deployments } from './deployments.ts';
import { Supervisor } from './supervisor.ts';

/** How long one flow may take to drain, in milliseconds. */
const patienceMs = 20_000;

/** Stops everything that runs, for work on the streams below. What should run afterwards is written by who asked for it. */
@Injectable()
export class Pause {
  constructor(
    private readonly deployments: Deployments,
    private readonly supervisor: Supervisor,
  ) {}

  /** Resolves when every flow has stopped, or had the time to. */
  async all(): Promise<void> {
    const running = this.supervisor.statuses().filter(({ desired }) => desired === 'running');
    await Promise.all(
      running.map(async ({ flow, version }) => {
        const deployment = await this.deployments.want(flow, version, 'stopped');
        await this.supervisor.settled(deployment, patienceMs);
      }),
    );
  }
}
