import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { mqttOutputDefinition } from './mqtt-output.definition.ts';

@Module({})
export class MqttOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(mqttOutputDefinition);
  }
}
