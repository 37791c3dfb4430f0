import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { parseDefinition } from './parse.definition.ts';

@Module({})
export class ParseModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(parseDefinition);
  }
}
