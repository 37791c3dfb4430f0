import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { udpInputDefinition } from './udp-input.definition.ts';

@Module({})
export class UdpInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(udpInputDefinition);
  }
}
