import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { scriptDefinition } from './script.definition.ts';

@Module({})
export class ScriptModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(scriptDefinition);
  }
}
