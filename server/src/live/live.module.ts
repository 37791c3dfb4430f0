import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { EventStream } from './event-stream.ts';
import { EventsController } from './events.controller.ts';
import { Live } from './live.ts';

@Module({ imports: [FlowsModule, SupervisionModule], controllers: [EventsController], providers: [EventStream, Live] })
export class LiveModule {}
