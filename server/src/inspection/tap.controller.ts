import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { paths, Tapped } from '@semstreams/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Taps } from './taps.ts';

export const TapQuery = z.object({
  to: z.string().optional().meta({ description: 'The other end; the first one where it is left out.' }),
});
export type TapQuery = z.infer<typeof TapQuery>;

@Controller(`${paths.flows}/:id/connections/:from/tap`)
export class TapController {
  constructor(private readonly taps: Taps) {}

  @Get()
  @ApiProduces('text/event-stream')
  @ApiOperation({
    summary: 'Look at the messages of a connection, as server-sent events',
    description:
      'Events `tapped`, four a second and twenty messages a second at most, with the number of all that went by; and one event `end`.',
  })
  @ApiOkResponse({ standardSchema: Tapped })
  async tap(
    @Param('id') id: string,
    @Param('from') from: string,
    @Query({ schema: TapQuery }) { to }: TapQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // who asks for the head alone looks at nothing, and never leaves
    if (request.method === 'HEAD') return void (await reply.type('text/event-stream').send());
    const events = await this.taps.events(id, from, to);
    await reply.type('text/event-stream').header('cache-control', 'no-store').send(events);
  }
}
