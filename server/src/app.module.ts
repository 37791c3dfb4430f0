import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.ts';
import { ApplyingModule } from './applying/applying.module.ts';
import { BackupModule } from './backup/backup.module.ts';
import { PreparationModule } from './backup/preparation.module.ts';
import { CatalogueModule } from './component-kit/catalogue.ts';
import { ComponentsModule } from './catalogue/components.module.ts';
import type { Settings } from './config/settings.ts';
import { SettingsModule } from './config/settings.module.ts';
import { FilesModule } from './files/files.module.ts';
import { HistoryModule } from './history/history.module.ts';
import { InspectionModule } from './inspection/inspection.module.ts';
import { LiveModule } from './live/live.module.ts';
import { NatsModule } from './nats/nats.module.ts';
import { ObservabilityModule } from './observability/observability.module.ts';
import { SupervisionModule } from './supervision/supervision.module.ts';
import { TryingModule } from './trying/trying.module.ts';
import { UsersModule } from './users/users.module.ts';

@Module({})
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.of(settings),
        AccessModule,
        CatalogueModule,
        PreparationModule,
        NatsModule,
        ComponentsModule,
        SupervisionModule,
        ApplyingModule,
        InspectionModule,
        TryingModule,
        BackupModule,
        UsersModule,
        HistoryModule,
        FilesModule,
        LiveModule,
        ObservabilityModule,
      ],
    };
  }
}
