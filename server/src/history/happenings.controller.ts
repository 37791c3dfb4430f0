import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type Happening, HappeningKind, HappeningPage, LogLevel, logLevels, paths } from '@semstreams/contract';
import { z } from 'zod';
import { mayTouch, type Principal } from '../access/principal.ts';
import { time } from '../web/address-words.ts';
import { Asker } from '../web/asker.ts';
import { having, listing } from '../web/listing.ts';
import { Chronicler } from './chronicler.ts';

const happenings = listing<Happening>()({
  sorts: { time: ({ time }) => Date.parse(time), first_at: ({ first_at }) => Date.parse(first_at) },
  usual: '-time',
  id: ({ sequence }) => String(sequence).padStart(15, '0'),
  texts: ({ kind, flow, component, sentence, who }) => [kind, flow, component, sentence, who],
});
const HappeningsQuery = happenings.query.extend({
  flow: z.string().optional().meta({ description: 'Only what happened to this flow.' }),
  component: z.string().optional().meta({ description: 'Only what happened to this component.' }),
  kind: HappeningKind.optional().meta({ description: 'Only what is of this kind.' }),
  level: LogLevel.default('debug').meta({ description: 'The least that it matters.' }),
  since: time.optional().meta({ description: 'Only what happened at this time or later.' }),
});
type HappeningsQuery = z.infer<typeof HappeningsQuery>;

@Controller(paths.happenings)
export class HappeningsController {
  constructor(private readonly chronicler: Chronicler) {}

  @Get()
  @ApiOperation({
    summary: 'What happened to flows and to the server, the newest first',
    description:
      'Deploys and who made them, starts, failures with their reason, waits, links that came and went, lost messages, the disk, restarts of the server. The newest five thousand are kept, over restarts too. As they happen, they are events `happened` of `GET /api/v1/events`.',
  })
  @ApiOkResponse({ standardSchema: HappeningPage })
  list(
    @Asker() asker: Principal,
    @Query({ schema: HappeningsQuery }) { flow, component, kind, level, since, ...query }: HappeningsQuery,
  ): HappeningPage {
    const least = logLevels.indexOf(level);
    const sinceMs = since === undefined ? -Infinity : Date.parse(since);
    const seen = this.chronicler.happenings
      .all()
      .filter(
        (each) =>
          (each.flow === undefined || mayTouch(asker, each.flow)) &&
          logLevels.indexOf(each.level) >= least &&
          Date.parse(each.time) >= sinceMs,
      );
    return happenings.page(having(seen, { flow, component, kind }), query);
  }
}
