import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { DeadLetter, DeadLetterChoice, DeadLetterPage, Discarded, paths, Resent } from '@semstreams/contract';
import { z } from 'zod';
import { DoneOnce, idempotencyKey } from '../web/idempotency.ts';
import { wholeNumber } from '../web/address-words.ts';
import { listQuery } from '../web/listing.ts';
import { readPlace, writePlace } from '../web/place-in-list.ts';
import { DeadLetterDesk } from './dead-letter-desk.ts';

const PageQuery = listQuery(['sequence'], { usual: '-sequence', limit: 50, most: 200 }).extend({
  before: wholeNumber(z.int().min(1)).optional().meta({ description: 'Those with a lower `sequence` alone.' }),
  component: z.string().optional().meta({ description: 'Only those of this component.' }),
});
type PageQuery = z.infer<typeof PageQuery>;
const Sequence = wholeNumber(z.int().min(1));
const Choice = DeadLetterChoice.optional();
type Choice = z.infer<typeof Choice>;

@Controller(`${paths.flows}/:id/dead-letters`)
export class DeadLettersController {
  constructor(private readonly desk: DeadLetterDesk) {}

  @Get()
  @ApiOperation({ summary: 'Messages that can never work where they were, newest first' })
  @ApiOkResponse({ standardSchema: DeadLetterPage })
  async page(
    @Param('id') id: string,
    @Query({ schema: PageQuery }) { after, sort, ...query }: PageQuery,
  ): Promise<DeadLetterPage> {
    const place = after === undefined ? undefined : Number(readPlace(after, sort).key);
    const isOldestFirst = sort === 'sequence';
    const { total, items, stoppedAt } = await this.desk.page(id, { ...query, after: place, isOldestFirst });
    return {
      total,
      items,
      ...(stoppedAt === undefined ? {} : { next: writePlace({ sort, key: stoppedAt, id: '' }) }),
    };
  }

  @Get(':sequence')
  @ApiOperation({ summary: 'One dead letter' })
  @ApiOkResponse({ standardSchema: DeadLetter })
  get(@Param('id') id: string, @Param('sequence', { schema: Sequence }) sequence: number): Promise<DeadLetter> {
    return this.desk.get(id, sequence);
  }

  @Post('resend')
  @HttpCode(200)
  @UseInterceptors(DoneOnce)
  @ApiHeader(idempotencyKey)
  @ApiOperation({ summary: 'Send dead letters again, those named or up to a thousand of the oldest' })
  @ApiOkResponse({ standardSchema: Resent })
  resend(@Param('id') id: string, @Body({ schema: Choice }) choice: Choice): Promise<Resent> {
    return this.desk.resend(id, choice?.sequences);
  }

  @Delete(':sequence')
  @HttpCode(204)
  @ApiOperation({ summary: 'Throw one dead letter away' })
  @ApiResponse({ status: 204 })
  remove(@Param('id') id: string, @Param('sequence', { schema: Sequence }) sequence: number): Promise<void> {
    return this.desk.remove(id, sequence);
  }

  @Delete()
  @ApiOperation({ summary: 'Throw all dead letters of a flow away' })
  @ApiOkResponse({ standardSchema: Discarded })
  async removeAll(@Param('id') id: string): Promise<Discarded> {
    return { discarded: await this.desk.removeAll(id) };
  }
}
