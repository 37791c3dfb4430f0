import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { LogLevel, LogPage, paths } from '@semstreams/contract';
import { z } from 'zod';
import { Operations } from '../supervision/operations.ts';
import { wholeNumber } from '../web/address-words.ts';
import { listQuery } from '../web/listing.ts';
import { logBook } from './log-book.ts';

const LogsQuery = listQuery(['sequence'], { usual: 'sequence', limit: 200 }).extend({
  level: LogLevel.default('debug').meta({ description: 'The least important level.' }),
  component: z.string().optional().meta({ description: 'Only what this component did.' }),
  after: wholeNumber(z.int().min(0))
    .optional()
    .meta({ description: 'What follows behind this sequence: the `next` or `latest` of an answer.' }),
  limit: wholeNumber(z.int().min(1).max(1000))
    .default(200)
    .meta({ description: 'So many at most: the newest, or with `after` those next to it.' }),
});
type LogsQuery = z.infer<typeof LogsQuery>;

@Controller()
export class LogsController {
  constructor(private readonly operations: Operations) {}

  @Get(paths.logs)
  @ApiOperation({ summary: 'The last lines of the log' })
  @ApiOkResponse({ standardSchema: LogPage })
  all(@Query({ schema: LogsQuery }) query: LogsQuery): LogPage {
    return pageOf(query);
  }

  @Get(`${paths.flows}/:id/logs`)
  @ApiOperation({ summary: 'The last lines of the log that are about a flow' })
  @ApiOkResponse({ standardSchema: LogPage })
  async ofFlow(@Param('id') id: string, @Query({ schema: LogsQuery }) query: LogsQuery): Promise<LogPage> {
    await this.operations.status(id);
    return pageOf({ ...query, flow: id });
  }
}

const pageOf = ({ sort, ...query }: LogsQuery & { readonly flow?: string }): LogPage => {
  const { items, isMore } = logBook.find({ ...query, isNewestFirst: sort === '-sequence' });
  return { items, latest: logBook.latest, ...(isMore ? { next: String(items.at(-1)!.sequence) } : {}) };
};
