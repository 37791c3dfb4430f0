import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { expressionDefinition } from './expression.definition.ts';

@Module({})
export class ExpressionModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(expressionDefinition);
  }
}
