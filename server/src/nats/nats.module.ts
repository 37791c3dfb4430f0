import { Global, Module } from '@nestjs/common';
import { DiskSpace } from './storage/disk-space.ts';
import { Nats } from './nats.ts';
import { Quarantine } from './storage/quarantine.ts';
import { StoreSpace } from './store-space.ts';
import { Streams } from './streams.ts';
import { Watchdog } from './watchdog.ts';

@Global()
@Module({
  providers: [DiskSpace, Nats, Quarantine, StoreSpace, Streams, Watchdog],
  exports: [DiskSpace, Nats, Quarantine, StoreSpace, Streams],
})
export class NatsModule {}
