import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { influxOutputDefinition } from './influx-output.definition.ts';

@Module({})
export class InfluxOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(influxOutputDefinition);
  }
}
