import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { batchDefinition } from './batch.definition.ts';

@Module({})
export class BatchModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(batchDefinition);
  }
}
