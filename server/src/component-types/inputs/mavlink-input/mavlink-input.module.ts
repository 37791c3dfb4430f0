import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { mavlinkInputDefinition } from './mavlink-input.definition.ts';

@Module({})
export class MavlinkInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(mavlinkInputDefinition);
  }
}
