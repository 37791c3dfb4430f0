import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { mqttInputDefinition } from './mqtt-input.definition.ts';

@Module({})
export class MqttInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(mqttInputDefinition);
  }
}
