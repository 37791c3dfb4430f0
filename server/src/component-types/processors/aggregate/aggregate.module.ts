import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { aggregateDefinition } from './aggregate.definition.ts';

@Module({})
export class AggregateModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(aggregateDefinition);
  }
}
