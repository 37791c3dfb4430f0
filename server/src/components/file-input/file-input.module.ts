import { Module } from '@nestjs/common';
import { Catalogue } from '../catalogue.ts';
import { fileInput } from './file-input.component.ts';

@Module({})
export class FileInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(fileInput);
  }
}
