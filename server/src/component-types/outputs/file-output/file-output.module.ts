import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { fileOutputDefinition } from './file-output.definition.ts';

@Module({})
export class FileOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(fileOutputDefinition);
  }
}
