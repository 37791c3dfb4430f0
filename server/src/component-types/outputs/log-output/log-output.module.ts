import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { logOutputDefinition } from './log-output.definition.ts';

@Module({})
export class LogOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(logOutputDefinition);
  }
}
