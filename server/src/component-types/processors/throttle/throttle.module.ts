import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { throttleDefinition } from './throttle.definition.ts';

@Module({})
export class ThrottleModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(throttleDefinition);
  }
}
