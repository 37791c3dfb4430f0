import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { BulkAction, BulkOutcome, paths } from '@semstreams/contract';
import type { Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { Bulk } from './bulk.ts';

@Controller(paths.bulk)
export class BulkController {
  constructor(private readonly bulk: Bulk) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Deploy, start, stop or delete many flows, with an answer for each' })
  @ApiOkResponse({ standardSchema: BulkOutcome })
  run(
    @Body({ schema: BulkAction }) action: BulkAction,
    @Asker() asker: Principal,
    @TellAudit() tell: Tell,
  ): Promise<BulkOutcome> {
    return this.bulk.run(action, { asker, tell });
  }
}
