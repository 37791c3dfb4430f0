import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { Deployment, duration, FlowStatus, GivenText, paths } from '@semstreams/contract';
import { z } from 'zod';
import { inOneLine, type Tell, TellAudit } from '../web/deeds.ts';
import { DoneOnce, idempotencyKey } from '../web/idempotency.ts';
import { matchOf } from '../flows/editing.ts';
import { builtOn } from '../flows/flows.controller.ts';
import { Injected, Injection } from './inject.ts';
import { Operations } from './operations.ts';

const Wait = z.object({
  wait: duration
    .optional()
    .meta({ description: 'Answer when the flow does what it should or has failed to, or after this time: "10s".' }),
});
type Wait = z.infer<typeof Wait>;
const DeployRequest = z
  .strictObject({
    note: GivenText.max(500).optional(),
    discard_waiting: z.boolean().optional().meta({
      description:
        'Throw away what waits in buffers, and the places of receivers, of what is no more; refused by 409 without.',
    }),
  })
  .optional()
  .meta({ id: 'DeployRequest' });
type DeployRequest = z.infer<typeof DeployRequest>;

@Controller(`${paths.flows}/:id`)
export class OperationsController {
  constructor(private readonly operations: Operations) {}

  @Post('deploy')
  @HttpCode(202)
  @ApiOperation({ summary: 'Make the draft the version that should run' })
  @ApiHeader(builtOn)
  @ApiResponse({ status: 202, standardSchema: Deployment })
  deploy(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: DeployRequest }) request: DeployRequest,
    @Query({ schema: Wait }) { wait }: Wait,
    @TellAudit() tell: Tell,
  ): Promise<Deployment> {
    const options = {
      note: request?.note,
      discardWaiting: request?.discard_waiting,
      isMeant: matchOf(ifMatch),
      tell: (changes: readonly string[]) => tell({ flow: id, detail: inOneLine(changes) }),
    };
    return this.operations.deploy(id, options, wait);
  }

  @Post('start')
  @HttpCode(202)
  @ApiOperation({ summary: 'Let the deployed version run' })
  @ApiResponse({ status: 202, standardSchema: Deployment })
  start(@Param('id') id: string, @Query({ schema: Wait }) { wait }: Wait): Promise<Deployment> {
    return this.operations.start(id, wait);
  }

  @Post('stop')
  @HttpCode(202)
  @ApiOperation({ summary: 'Drain and stop' })
  @ApiResponse({ status: 202, standardSchema: Deployment })
  stop(@Param('id') id: string, @Query({ schema: Wait }) { wait }: Wait): Promise<Deployment> {
    return this.operations.stop(id, wait);
  }

  @Get('status')
  @ApiOperation({ summary: 'What the flow does now' })
  @ApiOkResponse({ standardSchema: FlowStatus })
  status(@Param('id') id: string): Promise<FlowStatus> {
    return this.operations.status(id);
  }

  @Post('components/:component/inject')
  @HttpCode(200)
  @UseInterceptors(DoneOnce)
  @ApiOperation({ summary: 'Hand messages to a component, or emit them from an input' })
  @ApiHeader(idempotencyKey)
  @ApiOkResponse({ standardSchema: Injected })
  inject(
    @Param('id') id: string,
    @Param('component') component: string,
    @Body({ schema: Injection }) injection: Injection,
  ): Promise<Injected> {
    return this.operations.inject(id, component, injection);
  }
}
