import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import { Health, paths, System } from '@semstreams/contract';
import type { FastifyReply } from 'fastify';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { z } from 'zod';
import type { Principal } from '../access/principal.ts';
import { Settings } from '../config/settings.ts';
import { Nats } from '../nats/nats.ts';
import { Asker } from '../web/asker.ts';
import { notFound } from '../web/problems.ts';
import { HealthReport } from './health.ts';
import { Metrics } from './metrics.ts';

const Checked = z.record(z.string(), z.looseObject({ status: z.enum(['up', 'down']) }));
/** What the checks of an orchestrator are answered. */
const HealthCheckAnswer = z
  .strictObject({ status: z.literal('ok'), info: Checked, error: Checked, details: Checked })
  .meta({ id: 'HealthCheck' });

/** The decorator would load all of @nestjs/swagger at the start, to describe an answer that is described here. */
const check = { noCache: true, swaggerDocumentation: false };

@Controller()
export class ObservabilityController {
  constructor(
    private readonly report: HealthReport,
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly nats: Nats,
  ) {}

  @Get(paths.health)
  @ApiOperation({
    summary: 'How the whole is; 503 when it is unhealthy',
    description: 'Everybody is told; why, in sentences, only who may look.',
  })
  @ApiOkResponse({ standardSchema: Health })
  @ApiResponse({ status: 503, standardSchema: Health, description: 'It is unhealthy.' })
  health(@Asker() asker: Principal | undefined, @Res({ passthrough: true }) reply: FastifyReply): Health {
    const health = this.report.health(asker);
    if (health.status === 'unhealthy') void reply.status(503);
    return health;
  }

  @Get(`${paths.health}/live`)
  @ApiOperation({ summary: 'Whether the process answers' })
  @ApiOkResponse({ standardSchema: HealthCheckAnswer, description: 'It answers.' })
  @HealthCheck(check)
  live() {
    return this.checks.check([]);
  }

  @Get(`${paths.health}/ready`)
  @ApiOperation({ summary: 'Whether flows can be kept and deployed; 503 while NATS is away' })
  @ApiOkResponse({ standardSchema: HealthCheckAnswer, description: 'NATS can be asked.' })
  @HealthCheck(check)
  ready() {
    const indicator = this.indicators.check('nats');
    return this.checks.check([
      () => (this.nats.state === 'connected' ? indicator.up() : indicator.down('NATS is away')),
    ]);
  }

  @Get(paths.system)
  @ApiOperation({ summary: 'About this installation' })
  @ApiOkResponse({ standardSchema: System })
  system(@Asker() asker: Principal): System {
    return this.report.system(asker);
  }
}

/** Beside the others, because its path is a setting. */
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly settings: Settings,
  ) {}

  @Get('metrics')
  @ApiOperation({ summary: 'All counters, for Prometheus; the path is that of "metrics.path"' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  @HttpCode(200)
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.settings.values.metrics.enabled) throw notFound('metrics are switched off by "metrics.enabled"');
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
