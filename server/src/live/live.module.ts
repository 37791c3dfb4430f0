import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { Live } from './live.ts';

@Module({ imports: [FlowsModule, SupervisionModule], providers: [Live] })
export class LiveModule {}
