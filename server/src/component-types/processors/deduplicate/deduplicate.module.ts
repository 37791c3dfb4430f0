import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { deduplicateDefinition } from './deduplicate.definition.ts';

@Module({})
export class DeduplicateModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(deduplicateDefinition);
  }
}
