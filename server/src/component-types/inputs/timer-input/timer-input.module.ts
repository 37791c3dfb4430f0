import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { timerInputDefinition } from './timer-input.definition.ts';

@Module({})
export class TimerInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(timerInputDefinition);
  }
}
