import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { paths, Trial, TrialRequest } from '@semstreams/contract';
import type { FastifyReply } from 'fastify';
import { withMessages } from '../web/body-pipe.ts';
import { Trials } from './trials.ts';

const Request = withMessages(TrialRequest);

@Controller(paths.flows)
export class TryingController {
  constructor(private readonly trials: Trials) {}

  @Post('try')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Try a flow, saved or not, with some messages: what each component makes of each',
    description:
      'Processors run in a process of their own with a state of their own, which is thrown away. Inputs and outputs are not opened, and nothing is sent or kept. When all messages are in, a month passes, so that windows end.',
  })
  @ApiOkResponse({ standardSchema: Trial })
  try(
    @Body({ schema: Request }) request: TrialRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Trial> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return this.trials.try(request, gone.signal);
  }
}
