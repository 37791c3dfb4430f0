import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { httpInputDefinition } from './http-input.definition.ts';

@Module({})
export class HttpInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(httpInputDefinition);
  }
}
