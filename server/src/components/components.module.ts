import { Module } from '@nestjs/common';
import { CatalogueController } from './catalogue.controller.ts';
import { FileInputModule } from './file-input/file-input.module.ts';
import { FileOutputModule } from './file-output/file-output.module.ts';
import { JsonFilterModule } from './json-filter/json-filter.module.ts';
import { JsonMapModule } from './json-map/json-map.module.ts';
import { MavlinkInputModule } from './mavlink-input/mavlink-input.module.ts';
import { OwnComponentsModule } from './own-components.module.ts';
import { SimulatorInputModule } from './simulator-input/simulator-input.module.ts';
import { TcpInputModule } from './tcp-input/tcp-input.module.ts';
import { UdpInputModule } from './udp-input/udp-input.module.ts';
import { WebsocketInputModule } from './websocket-input/websocket-input.module.ts';
import { WebsocketOutputModule } from './websocket-output/websocket-output.module.ts';

/** One line per component type, in the order of the palette. */
@Module({
  imports: [
    MavlinkInputModule,
    WebsocketInputModule,
    UdpInputModule,
    TcpInputModule,
    FileInputModule,
    SimulatorInputModule,
    JsonFilterModule,
    JsonMapModule,
    WebsocketOutputModule,
    FileOutputModule,
    OwnComponentsModule,
  ],
  controllers: [CatalogueController],
})
export class ComponentsModule {}
