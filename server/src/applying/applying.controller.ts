import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Applied, duration, type FlowSet, paths } from '@semstreams/contract';
import { z } from 'zod';
import { flag } from '../web/address-words.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { Applying } from './applying.ts';
import { flowsOf, GivenSet } from './flow-set.ts';

const ApplyQuery = z.object({
  dry_run: flag.meta({ description: 'Only say what would change.' }),
  prune: flag.meta({ description: 'Stop and remove all flows that are not in the set.' }),
  deploy: flag
    .unwrap()
    .default(true)
    .meta({ description: 'Whether the flows should run; `false` keeps them as drafts alone.' }),
  discard_waiting: flag.meta({
    description:
      'Throw away what waits in buffers, and the places of receivers, of what is no more; refused by 409 without.',
  }),
  wait: duration
    .optional()
    .meta({ description: 'Answer when each flow does what it should or has failed to, or after this time: "30s".' }),
});
type ApplyQuery = z.infer<typeof ApplyQuery>;

@Controller(paths.apply)
export class ApplyingController {
  constructor(private readonly applying: Applying) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make a set of flows what they should be, all or none',
    description:
      'A set is `{ "flows": [...] }`, a list of flows or a single one, as JSON or as YAML, also as several documents. What is so already is left alone, so that the same set can be applied again and again. Everything is checked before anything is changed.',
  })
  @ApiConsumes('application/json', 'application/yaml')
  @ApiOkResponse({ standardSchema: Applied })
  async apply(
    @Body({ schema: GivenSet }) set: FlowSet,
    @Query({ schema: ApplyQuery }) query: ApplyQuery,
    @TellAudit() tell: Tell,
  ): Promise<Applied> {
    const applied = await this.applying.apply(flowsOf(set), {
      dryRun: query.dry_run,
      prune: query.prune,
      deploy: query.deploy,
      discardWaiting: query.discard_waiting,
      waitMs: query.wait,
    });
    tellOf(applied, tell);
    return applied;
  }
}

/** A deed for each flow that was changed. */
const tellOf = ({ dry_run, flows }: Applied, tell: Tell): void => {
  if (dry_run) return tell({ detail: 'a dry run: nothing was changed' });
  for (const { id, action, deploys, sentence } of flows)
    if (action !== 'none' || deploys) tell({ flow: id, detail: sentence });
};
