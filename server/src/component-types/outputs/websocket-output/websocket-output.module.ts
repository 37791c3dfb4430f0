import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { websocketOutput } from './websocket-output.component.ts';

@Module({})
export class WebsocketOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(websocketOutput);
  }
}
