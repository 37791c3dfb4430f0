import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { RuntimeModule } from '../runtime/runtime.module.ts';
import { HealthReport } from './health.ts';
import { Metrics } from './metrics.ts';
import { MetricsController, ObservabilityController } from './observability.controller.ts';

@Module({
  imports: [RuntimeModule, TerminusModule.forRoot({ logger: false })],
  controllers: [ObservabilityController, MetricsController],
  providers: [HealthReport, Metrics],
})
export class ObservabilityModule {}
