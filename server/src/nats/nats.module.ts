import { Global, Module } from '@nestjs/common';
import { Nats } from './nats.ts';
import { Quarantine } from './quarantine.ts';
import { Streams } from './streams.ts';

@Global()
@Module({ providers: [Nats, Quarantine, Streams], exports: [Nats, Quarantine, Streams] })
export class NatsModule {}
