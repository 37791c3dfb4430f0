import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { mavlinkOutput } from './mavlink-output.component.ts';

@Module({})
export class MavlinkOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(mavlinkOutput);
  }
}
