import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { tcpOutputDefinition } from './tcp-output.definition.ts';

@Module({})
export class TcpOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(tcpOutputDefinition);
  }
}
