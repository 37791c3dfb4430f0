import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { jsonFilter } from './json-filter.component.ts';

@Module({})
export class JsonFilterModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(jsonFilter);
  }
}
