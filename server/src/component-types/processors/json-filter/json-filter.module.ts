import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { jsonFilterDefinition } from './json-filter.definition.ts';

@Module({})
export class JsonFilterModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(jsonFilterDefinition);
  }
}
