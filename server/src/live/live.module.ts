import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { RuntimeModule } from '../runtime/runtime.module.ts';
import { Live } from './live.ts';

@Module({ imports: [FlowsModule, RuntimeModule], providers: [Live] })
export class LiveModule {}
