import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { fileOutput } from './file-output.component.ts';

@Module({})
export class FileOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(fileOutput);
  }
}
