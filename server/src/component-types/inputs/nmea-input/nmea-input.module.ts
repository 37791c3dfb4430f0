import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { nmeaInputDefinition } from './nmea-input.definition.ts';

@Module({})
export class NmeaInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(nmeaInputDefinition);
  }
}
