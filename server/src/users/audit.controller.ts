import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AuditPage, paths } from '@semstreams/contract';
import { z } from 'zod';
import { Audit } from '../access/audit.ts';
import { wholeNumber } from '../web/address-words.ts';

const AuditQuery = z.object({
  limit: wholeNumber(z.int().min(1).max(10_000))
    .default(200)
    .meta({ description: 'So many at most, the newest first.' }),
  before: z.iso.datetime().optional().meta({ description: 'Only what was done before this time.' }),
});
type AuditQuery = z.infer<typeof AuditQuery>;

@Controller(paths.audit)
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @ApiOperation({ summary: 'Who did what, when, from where' })
  @ApiOkResponse({ standardSchema: AuditPage })
  page(@Query({ schema: AuditQuery }) { limit, before }: AuditQuery): AuditPage {
    return this.audit.page(limit, before);
  }
}
