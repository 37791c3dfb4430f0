import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { HistoryModule } from '../history/history.module.ts';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { EventStream } from './event-stream.ts';
import { EventsController } from './events.controller.ts';
import { Live } from './live.ts';

@Module({
  imports: [FlowsModule, HistoryModule, SupervisionModule],
  controllers: [EventsController],
  providers: [EventStream, Live],
})
export class LiveModule {}
