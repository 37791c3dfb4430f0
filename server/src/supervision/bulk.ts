import { Injectable } from '@nestjs/common';
import type { BulkAction, BulkOutcome } from '@semstreams/contract';
import { type Principal, refusalOf } from '../access/principal.ts';
import { Editing } from '../flows/editing.ts';
import { answerTo } from '../web/problem-filter.ts';
import { type Deed, inOneLine, type Tell } from '../web/deeds.ts';
import { HttpProblem } from '../web/problems.ts';
import { Operations } from './operations.ts';

/** What each action needs, as its call for one flow does. */
const needs = { deploy: 'editor', delete: 'editor', start: 'operator', stop: 'operator' } as const;

interface OneFlow {
  readonly flow: string;
  readonly discardWaiting: boolean;
  /** Is told what a deploy changes. */
  readonly tell: (changes: readonly string[]) => void;
}

/** Does one thing with many flows, each on its own: one that cannot be done hinders no other. */
@Injectable()
export class Bulk {
  constructor(
    private readonly editing: Editing,
    private readonly operations: Operations,
  ) {}

  /** Tells the audit of each flow as soon as it is done or refused. */
  async run(
    { action, flows, discard_waiting: discardWaiting = false }: BulkAction,
    { asker, tell }: { readonly asker: Principal; readonly tell: Tell },
  ): Promise<BulkOutcome> {
    const items: BulkOutcome['items'] = [];
    for (const flow of new Set(flows)) {
      const refusal = refusalOf(asker, needs[action], flow);
      let changes: Deed = {};
      const tellChanges = (words: readonly string[]) => void (changes = { detail: inOneLine(words) });
      const item = refusal ? { flow, ...refusal } : await this.one(action, { flow, discardWaiting, tell: tellChanges });
      items.push(item);
      tell({ what: `${action}Flow`, flow, ...changes, ...inAudit(item) });
    }
    return { items };
  }

  private async one(action: BulkAction['action'], one: OneFlow): Promise<BulkOutcome['items'][number]> {
    const { flow } = one;
    try {
      await this.doIt(action, one);
      return { flow, status: action === 'delete' ? 204 : 202 };
    } catch (thrown) {
      const { status, detail } = answerTo(thrown);
      if (status === 500) throw thrown;
      const { findings } = thrown instanceof HttpProblem ? thrown : {};
      return { flow, status, detail, ...(findings ? { findings: [...findings] } : {}) };
    }
  }

  private async doIt(action: BulkAction['action'], { flow, discardWaiting, tell }: OneFlow): Promise<unknown> {
    switch (action) {
      case 'deploy':
        return this.operations.deploy(flow, { discardWaiting, tell });
      case 'start':
        return this.operations.start(flow);
      case 'stop':
        return this.operations.stop(flow);
      case 'delete':
        return this.editing.remove(flow, { ifMatch: undefined, discardWaiting });
    }
  }
}

const inAudit = ({ status, detail }: BulkOutcome['items'][number]): Deed => ({
  outcome: status < 400 ? 'done' : 'refused',
  ...(detail === undefined ? {} : { detail }),
});
