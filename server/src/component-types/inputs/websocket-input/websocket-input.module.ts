import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { websocketInputDefinition } from './websocket-input.definition.ts';

@Module({})
export class WebsocketInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(websocketInputDefinition);
  }
}
