import { Global, Module } from '@nestjs/common';
import { Nats } from './nats.ts';
import { Quarantine } from './quarantine.ts';

@Global()
@Module({ providers: [Nats, Quarantine], exports: [Nats, Quarantine] })
export class NatsModule {}
