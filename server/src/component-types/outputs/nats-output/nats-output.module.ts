import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { natsOutputDefinition } from './nats-output.definition.ts';

@Module({})
export class NatsOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(natsOutputDefinition);
  }
}
