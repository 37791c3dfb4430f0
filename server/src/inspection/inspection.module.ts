import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { DeadLetterDesk } from './dead-letter-desk.ts';
import { DeadLettersController } from './dead-letters.controller.ts';
import { SeenController } from './seen.controller.ts';
import { TapController } from './tap.controller.ts';
import { Taps } from './taps.ts';

/** What people look at while flows run: messages that go by, and those that could not. */
@Module({
  imports: [FlowsModule, SupervisionModule],
  controllers: [DeadLettersController, SeenController, TapController],
  providers: [DeadLetterDesk, Taps],
})
export class InspectionModule {}
