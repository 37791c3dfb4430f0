import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { tcpInput } from './tcp-input.component.ts';

@Module({})
export class TcpInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(tcpInput);
  }
}
