import { Module } from '@nestjs/common';
import { Catalogue } from '../catalogue.ts';
import { udpInput } from './udp-input.component.ts';

@Module({})
export class UdpInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(udpInput);
  }
}
