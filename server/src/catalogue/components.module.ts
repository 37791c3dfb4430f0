import { Module } from '@nestjs/common';
import { CatalogueController } from './catalogue.controller.ts';
import { FileInputModule } from '../component-types/inputs/file-input/file-input.module.ts';
import { FileOutputModule } from '../component-types/outputs/file-output/file-output.module.ts';
import { JsonFilterModule } from '../component-types/processors/json-filter/json-filter.module.ts';
import { JsonMapModule } from '../component-types/processors/json-map/json-map.module.ts';
import { MavlinkInputModule } from '../component-types/inputs/mavlink-input/mavlink-input.module.ts';
import { MavlinkOutputModule } from '../component-types/outputs/mavlink-output/mavlink-output.module.ts';
import { OwnComponentsModule } from './own-components.module.ts';
import { SimulatorInputModule } from '../component-types/inputs/simulator-input/simulator-input.module.ts';
import { TcpInputModule } from '../component-types/inputs/tcp-input/tcp-input.module.ts';
import { UdpInputModule } from '../component-types/inputs/udp-input/udp-input.module.ts';
import { WebsocketInputModule } from '../component-types/inputs/websocket-input/websocket-input.module.ts';
import { WebsocketOutputModule } from '../component-types/outputs/websocket-output/websocket-output.module.ts';

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
    MavlinkOutputModule,
    FileOutputModule,
    OwnComponentsModule,
  ],
  controllers: [CatalogueController],
})
export class ComponentsModule {}
