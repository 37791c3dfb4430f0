import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { udpOutputDefinition } from './udp-output.definition.ts';

@Module({})
export class UdpOutputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(udpOutputDefinition);
  }
}
