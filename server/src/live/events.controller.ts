import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { FlowOverview, paths } from '@semstreams/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mayTouch, type Principal, reachOf } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { EventStream } from './event-stream.ts';

const EventsQuery = z.object({
  flow: z.string().optional().meta({ description: 'Only what is about this flow.' }),
});
type EventsQuery = z.infer<typeof EventsQuery>;

@Controller(paths.events)
export class EventsController {
  constructor(private readonly stream: EventStream) {}

  @Get()
  @ApiProduces('text/event-stream')
  @ApiOperation({
    summary: 'What changes, as server-sent events',
    description:
      'Events `flow` (a flow whose state is another than told last; all of them at first), `draft` (a draft was written or deleted), `troubles` (definitions that could not be used) and `happened` (something happened to a flow or to the server). A comment every 15 seconds shows that the line lives.',
  })
  @ApiOkResponse({ standardSchema: FlowOverview })
  async listen(
    @Query({ schema: EventsQuery }) { flow }: EventsQuery,
    @Asker() asker: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // who asks for the head alone listens to nothing, and never leaves
    if (request.method === 'HEAD') return void (await reply.type('text/event-stream').send());
    await reply
      .type('text/event-stream')
      .send(this.stream.listen((id) => (flow === undefined || id === flow) && mayTouch(asker, id), reachOf(asker)));
  }
}
