import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { routerDefinition } from './router.definition.ts';

@Module({})
export class RouterModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(routerDefinition);
  }
}
