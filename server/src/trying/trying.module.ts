import { Module } from '@nestjs/common';
import { FlowsModule } from '../flows/flows.module.ts';
import { Trials } from './trials.ts';
import { TryingController } from './trying.controller.ts';

/** Tries flows while they are edited. */
@Module({ imports: [FlowsModule], controllers: [TryingController], providers: [Trials] })
export class TryingModule {}
