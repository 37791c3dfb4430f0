import { Module } from '@nestjs/common';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { Chronicler } from './chronicler.ts';
import { HappeningsController } from './happenings.controller.ts';
import { Historian } from './historian.ts';
import { HistoryController } from './history.controller.ts';

@Module({
  imports: [SupervisionModule],
  controllers: [HappeningsController, HistoryController],
  providers: [Chronicler, Historian],
  exports: [Chronicler],
})
export class HistoryModule {}
