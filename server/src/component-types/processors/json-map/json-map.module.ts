import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { jsonMap } from './json-map.component.ts';

@Module({})
export class JsonMapModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(jsonMap);
  }
}
