import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { sqlOutputDefinition } from './sql-output.definition.ts';

@Module({})
export class SqlOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(sqlOutputDefinition);
  }
}
