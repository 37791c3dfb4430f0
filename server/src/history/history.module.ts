import { Module } from '@nestjs/common';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { Historian } from './historian.ts';
import { HistoryController } from './history.controller.ts';

@Module({ imports: [SupervisionModule], controllers: [HistoryController], providers: [Historian] })
export class HistoryModule {}
