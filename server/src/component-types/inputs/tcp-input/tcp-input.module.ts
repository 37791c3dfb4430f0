import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { tcpInputDefinition } from './tcp-input.definition.ts';

@Module({})
export class TcpInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(tcpInputDefinition);
  }
}
