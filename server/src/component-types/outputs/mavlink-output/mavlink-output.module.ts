import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { mavlinkOutputDefinition } from './mavlink-output.definition.ts';

@Module({})
export class MavlinkOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(mavlinkOutputDefinition);
  }
}
