import { Module } from '@nestjs/common';
import { Catalogue } from '../../../component-kit/catalogue.ts';
import { httpPollInputDefinition } from './http-poll-input.definition.ts';

@Module({})
export class HttpPollInputModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(httpPollInputDefinition);
  }
}
