import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { simulatorInput } from './simulator-input.component.ts';

@Module({})
export class SimulatorInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(simulatorInput);
  }
}
