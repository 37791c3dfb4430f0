import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { websocketOutputDefinition } from './websocket-output.definition.ts';

@Module({})
export class WebsocketOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(websocketOutputDefinition);
  }
}
