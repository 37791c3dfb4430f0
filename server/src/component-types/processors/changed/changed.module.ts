import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { changedDefinition } from './changed.definition.ts';

@Module({})
export class ChangedModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(changedDefinition);
  }
}
