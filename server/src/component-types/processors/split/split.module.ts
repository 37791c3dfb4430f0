import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { splitDefinition } from './split.definition.ts';

@Module({})
export class SplitModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(splitDefinition);
  }
}
