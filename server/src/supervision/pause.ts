import { Injectable } from '@nestjs/common';
import { HttpProblem } from '../web/problems.ts';
import { Deployments } from './deployments.ts';
import { Supervisor } from './supervisor.ts';

/** How long one flow may take to drain, in milliseconds. */
const patienceMs = 20_000;

/** Stops what runs, for work on what it stands on. What should run afterwards is written by who asked for it. */
@Injectable()
export class Pause {
  constructor(
    private readonly deployments: Deployments,
    private readonly supervisor: Supervisor,
  ) {}

  /** Resolves when every flow has stopped, or had the time to. */
  async all(): Promise<void> {
    await this.only(() => true);
  }

  /** Resolves when the flows that run one of these versions have stopped, or had the time to. Rejects where the server ends. */
  async only(isMeant: (flow: string, version: number) => boolean): Promise<void> {
    const running = this.supervisor.statuses().filter(({ desired }) => desired === 'running');
    await Promise.all(
      running
        .filter(({ flow, version }) => isMeant(flow, version))
        .map(async ({ flow, version }) => {
          const wish = await this.deployments.want(flow, version, 'stopped');
          await this.supervisor.settled(wish, patienceMs);
        }),
    );
    if (this.supervisor.isEnding)
      throw new HttpProblem(503, 'the server is ending, and has changed nothing: ask again when it runs again');
  }
}
