import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { fileInput } from './file-input.component.ts';

@Module({})
export class FileInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(fileInput);
  }
}
