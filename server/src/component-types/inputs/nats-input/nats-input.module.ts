import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { natsInputDefinition } from './nats-input.definition.ts';

@Module({})
export class NatsInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(natsInputDefinition);
  }
}
