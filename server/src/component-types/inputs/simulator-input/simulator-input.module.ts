import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { simulatorInputDefinition } from './simulator-input.definition.ts';

@Module({})
export class SimulatorInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(simulatorInputDefinition);
  }
}
