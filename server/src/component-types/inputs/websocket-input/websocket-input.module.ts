import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { websocketInput } from './websocket-input.component.ts';

@Module({})
export class WebsocketInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(websocketInput);
  }
}
