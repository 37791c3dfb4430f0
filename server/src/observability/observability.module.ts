import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { ProfilesController } from './profiles/profiles.controller.ts';
import { Profiles } from './profiles/profiles.ts';
import { Threads } from './profiles/threads.ts';
import { HealthReport } from './health.ts';
import { LogsController } from './logs.controller.ts';
import { Metrics } from './metrics.ts';
import { MetricsController, ObservabilityController } from './observability.controller.ts';

@Module({
  imports: [SupervisionModule, TerminusModule.forRoot({ logger: false })],
  controllers: [ObservabilityController, MetricsController, LogsController, ProfilesController],
  providers: [HealthReport, Profiles, Metrics, Threads],
})
export class ObservabilityModule {}
