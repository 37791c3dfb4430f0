import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AuditEntry, AuditPage, paths } from '@semstreams/contract';
import { z } from 'zod';
import { time } from '../web/address-words.ts';
import { Audit } from '../access/audit.ts';
import { having, listQuery } from '../web/listing.ts';
import { readPlace, writePlace } from '../web/place-in-list.ts';

const AuditQuery = listQuery(['time'], { usual: '-time', limit: 200, most: 10_000 }).extend({
  before: time
    .transform((time) => new Date(time).toISOString())
    .optional()
    .meta({ description: 'Only what was done before this time.' }),
  who: z.string().optional().meta({ description: 'Only what was done by them.' }),
  what: z.string().optional().meta({ description: 'Only this operation, such as "deployFlow".' }),
  flow: z.string().optional().meta({ description: 'Only what was done with this flow.' }),
  outcome: AuditEntry.shape.outcome.optional().meta({ description: 'Only what ended so.' }),
});
type AuditQuery = z.infer<typeof AuditQuery>;

@Controller(paths.audit)
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @ApiOperation({ summary: 'Who did what, when, from where' })
  @ApiOkResponse({ standardSchema: AuditPage })
  page(@Query({ schema: AuditQuery }) { limit, after, sort, search, before, ...fields }: AuditQuery): AuditPage {
    const place = after === undefined ? undefined : String(readPlace(after, sort).key);
    const isOldestFirst = sort === 'time';
    const bounds = isOldestFirst ? { before, since: place } : { before: earlier(before, place) };
    const isMeant = (entry: AuditEntry) => having([entry], fields).length > 0 && holds(entry, search);
    const { items, more } = this.audit.page({ limit, ...bounds, isOldestFirst, isMeant });
    return { items, more, ...(more ? { next: writePlace({ sort, key: items.at(-1)!.time, id: '' }) } : {}) };
  }
}

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a !== undefined && b !== undefined && a < b ? a : (b ?? a);

const holds = ({ who, from, what, flow = '', detail = '' }: AuditEntry, search: string): boolean =>
  [who, from, what, flow, detail].some((text) => text.toLowerCase().includes(search.toLowerCase()));
