import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { formatDefinition } from './format.definition.ts';

@Module({})
export class FormatModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(formatDefinition);
  }
}
