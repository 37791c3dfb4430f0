import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { ruleDefinition } from './rule.definition.ts';

@Module({})
export class RuleModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(ruleDefinition);
  }
}
