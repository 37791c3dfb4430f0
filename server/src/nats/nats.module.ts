import { Global, Module } from '@nestjs/common';
import { DiskSpace } from './disk-space.ts';
import { Nats } from './nats.ts';
import { Quarantine } from './quarantine.ts';
import { Streams } from './streams.ts';
import { Watchdog } from './watchdog.ts';

@Global()
@Module({
  providers: [DiskSpace, Nats, Quarantine, Streams, Watchdog],
  exports: [DiskSpace, Nats, Quarantine, Streams],
})
export class NatsModule {}
