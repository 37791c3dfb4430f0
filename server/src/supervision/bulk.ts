import { Injectable } from '@nestjs/common';
import type { BulkAction, BulkOutcome } from '@semstreams/contract';
import { type Principal, refusalOf } from '../access/principal.ts';
import { Editing } from '../flows/editing.ts';
import { answerTo } from '../web/problem-filter.ts';
import { HttpProblem } from '../web/problems.ts';
import { Operations } from './operations.ts';

/** What each action needs, as its call for one flow does. */
const needs = { deploy: 'editor', delete: 'editor', start: 'operator', stop: 'operator' } as const;

/** Does one thing with many flows, each on its own: one that cannot be done hinders no other. */
@Injectable()
export class Bulk {
  constructor(
    private readonly editing: Editing,
    private readonly operations: Operations,
  ) {}

  async run({ action, flows }: BulkAction, asker: Principal): Promise<BulkOutcome> {
    const items: BulkOutcome['items'] = [];
    for (const flow of new Set(flows)) {
      const refusal = refusalOf(asker, needs[action], flow);
      items.push(refusal ? { flow, ...refusal } : await this.one(action, flow));
    }
    return { items };
  }

  private async one(action: BulkAction['action'], flow: string): Promise<BulkOutcome['items'][number]> {
    try {
      await this.doIt(action, flow);
      return { flow, status: action === 'delete' ? 204 : 202 };
    } catch (thrown) {
      const { status, detail } = answerTo(thrown);
      if (status === 500) throw thrown;
      const { findings } = thrown instanceof HttpProblem ? thrown : {};
      return { flow, status, detail, ...(findings ? { findings: [...findings] } : {}) };
    }
  }

  private async doIt(action: BulkAction['action'], flow: string): Promise<unknown> {
    switch (action) {
      case 'deploy':
        return this.operations.deploy(flow);
      case 'start':
        return this.operations.start(flow);
      case 'stop':
        return this.operations.stop(flow);
      case 'delete':
        return this.editing.remove(flow, undefined);
    }
  }
}
