import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { ApplyingController } from './applying.controller.ts';
import { Applying } from './applying.ts';

/** Sets of flows, as they lie in a folder or in git, made what should run. */
@Module({
  imports: [FlowsModule, SupervisionModule],
  controllers: [ApplyingController],
  providers: [Applying],
})
export class ApplyingModule {}
