import { type DynamicModule, Module } from '@nestjs/common';
import { CatalogueModule } from './components/catalogue.ts';
import { ComponentsModule } from './components/components.module.ts';
import type { Settings } from './config/settings.ts';
import { SettingsModule } from './config/settings.module.ts';
import { LiveModule } from './live/live.module.ts';
import { NatsModule } from './nats/nats.module.ts';
import { ObservabilityModule } from './observability/observability.module.ts';
import { RuntimeModule } from './runtime/runtime.module.ts';

@Module({})
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.of(settings),
        CatalogueModule,
        NatsModule,
        ComponentsModule,
        RuntimeModule,
        LiveModule,
        ObservabilityModule,
      ],
    };
  }
}
