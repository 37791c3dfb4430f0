import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { httpOutputDefinition } from './http-output.definition.ts';

@Module({})
export class HttpOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(httpOutputDefinition);
  }
}
