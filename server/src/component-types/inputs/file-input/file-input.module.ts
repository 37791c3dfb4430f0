import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { fileInputDefinition } from './file-input.definition.ts';

@Module({})
export class FileInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(fileInputDefinition);
  }
}
