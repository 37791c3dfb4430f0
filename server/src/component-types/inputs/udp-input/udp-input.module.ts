import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { udpInput } from './udp-input.component.ts';

@Module({})
export class UdpInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(udpInput);
  }
}
