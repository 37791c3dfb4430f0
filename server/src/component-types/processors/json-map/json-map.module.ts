import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { jsonMapDefinition } from './json-map.definition.ts';

@Module({})
export class JsonMapModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(jsonMapDefinition);
  }
}
