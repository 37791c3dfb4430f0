import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { paths, RecentMessages, SeenConnections } from '@semstreams/contract';
import { Operations } from '../supervision/operations.ts';
import { Supervisor } from '../supervision/supervisor.ts';
import { TapQuery } from './tap.controller.ts';
import { asProblem } from './taps.ts';

/** What came by before somebody looked: the fields of messages, and the last messages themselves. */
@Controller(`${paths.flows}/:id/connections`)
export class SeenController {
  constructor(
    private readonly operations: Operations,
    private readonly supervisor: Supervisor,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The fields that came by at each connection',
    description:
      'Of the running version, since it was started. Some of the messages are looked at: the first twenty, then five a second.',
  })
  @ApiOkResponse({ standardSchema: SeenConnections })
  async seen(@Param('id') id: string): Promise<SeenConnections> {
    return { connections: [...(await this.ask(id, () => this.supervisor.seen(id)))] };
  }

  @Get(':from/recent')
  @ApiOperation({
    summary: 'The last messages of a connection that were looked at',
    description:
      'Twenty at most, oldest first, since the running version was started; nobody has to have looked when they came by.',
  })
  @ApiOkResponse({ standardSchema: RecentMessages })
  async recent(
    @Param('id') id: string,
    @Param('from') from: string,
    @Query({ schema: TapQuery }) { to }: TapQuery,
  ): Promise<RecentMessages> {
    return { messages: [...(await this.ask(id, () => this.supervisor.recent(id, { from, to })))] };
  }

  private async ask<Answer>(id: string, answer: () => Promise<Answer>): Promise<Answer> {
    await this.operations.status(id);
    return answer().catch((thrown: unknown) => {
      throw asProblem(thrown);
    });
  }
}
