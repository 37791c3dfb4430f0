import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { RuntimeModule } from '../supervision/supervision.module.ts';
import { Live } from './live.ts';

@Module({ imports: [FlowsModule, RuntimeModule], providers: [Live] })
export class LiveModule {}
