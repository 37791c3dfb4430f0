import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { mavlinkInput } from './mavlink-input.component.ts';

@Module({})
export class MavlinkInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(mavlinkInput);
  }
}
