import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { LogLevel, LogPage, paths } from '@semstreams/contract';
import { z } from 'zod';
import { Operations } from '../supervision/operations.ts';
import { wholeNumber } from '../web/address-words.ts';
import { logBook } from './log-book.ts';

const LogsQuery = z.object({
  level: LogLevel.default('debug').meta({ description: 'The least important level.' }),
  component: z.string().optional().meta({ description: 'Only what this component did.' }),
  search: z.string().max(200).optional().meta({ description: 'Only lines with this text.' }),
  after: wholeNumber(z.int().min(0)).optional().meta({ description: 'Only what came after this sequence.' }),
  limit: wholeNumber(z.int().min(1).max(1000))
    .default(200)
    .meta({ description: 'So many at most: the newest, or with `after` those that came first.' }),
});
type LogsQuery = z.infer<typeof LogsQuery>;

@Controller()
export class LogsController {
  constructor(private readonly operations: Operations) {}

  @Get(paths.logs)
  @ApiOperation({ summary: 'The last lines of the log' })
  @ApiOkResponse({ standardSchema: LogPage })
  all(@Query({ schema: LogsQuery }) query: LogsQuery): LogPage {
    return { items: logBook.find(query), latest: logBook.latest };
  }

  @Get(`${paths.flows}/:id/logs`)
  @ApiOperation({ summary: 'The last lines of the log that are about a flow' })
  @ApiOkResponse({ standardSchema: LogPage })
  async ofFlow(@Param('id') id: string, @Query({ schema: LogsQuery }) query: LogsQuery): Promise<LogPage> {
    await this.operations.status(id);
    return { items: logBook.find({ ...query, flow: id }), latest: logBook.latest };
  }
}
