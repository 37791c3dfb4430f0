import { Module } from '@nestjs/common';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Settings } from '../config/settings.ts';
import { FlowList } from '../flows/flow-list.ts';
import { Deployer } from '../flows/deployer.ts';
import { Editing } from '../flows/editing.ts';
import { FlowsController } from '../flows/flows.controller.ts';
import { Lookout } from '../flows/lookout.ts';
import { FlowsModule } from '../flows/flows.module.ts';
import { PortsTaken } from '../flows/ports-taken.ts';
import { Provisioning } from '../flows/provisioning.ts';
import { DiskSpace } from '../nats/storage/disk-space.ts';
import { Nats } from '../nats/nats.ts';
import { StoreSpace } from '../nats/store-space.ts';
import { Bulk } from './bulk.ts';
import { Buffers } from './buffers.ts';
import { Deployments } from './deployments.ts';
import { Lanes, LaneSettings } from '../lanes/lanes.ts';
import { Operations } from './operations.ts';
import { Pause } from './pause.ts';
import { Places } from './places.ts';
import { BulkController } from './bulk.controller.ts';
import { LinksController } from './links.controller.ts';
import { OperationsController } from './operations.controller.ts';
import { Supervisor } from './supervisor.ts';

/** Runs flows. The routes of the flows live here too: deleting and listing need to know what runs. */
@Module({
  imports: [FlowsModule],
  controllers: [BulkController, FlowsController, LinksController, OperationsController],
  providers: [
    Buffers,
    Bulk,
    Deployments,
    Editing,
    FlowList,
    Lanes,
    Lookout,
    Operations,
    Pause,
    Places,
    PortsTaken,
    Provisioning,
    Supervisor,
    { provide: Deployer, useExisting: Operations },
    {
      provide: LaneSettings,
      inject: [Settings, Catalogue, Nats, DiskSpace, StoreSpace],
      useFactory: (
        settings: Settings,
        catalogue: Catalogue,
        nats: Nats,
        disk: DiskSpace,
        store: StoreSpace,
      ): LaneSettings => ({
        dataDir: settings.dataDir,
        diskStopAt: settings.values.disk.stop_at,
        secretsDir: settings.values.secrets_dir,
        reach: settings.reach,
        ownComponents: () => catalogue.ownComponents(),
        nats: () => nats.laneSettings(),
        isDiskFull: () => disk.level === 'full',
        onDiskChange: (listener) => void disk.onChange(listener),
        room: store.room,
        memoryLimitBytes: settings.values.lanes.memory_limit,
        stallMs: settings.values.lanes.stall_timeout,
      }),
    },
  ],
  exports: [Editing, Lanes, Operations, Pause, Supervisor],
})
export class SupervisionModule {}
