import { Global, Module } from '@nestjs/common';
import { BackupFolder } from '../archive/backup-folder.ts';
import { Restoring } from '../backup/restoring.ts';
import { Preparation } from '../nats/storage/preparation.ts';
import { Migrations } from './migrations.ts';

@Global()
@Module({
  providers: [BackupFolder, Restoring, Migrations, { provide: Preparation, useExisting: Migrations }],
  exports: [BackupFolder, Preparation, Restoring],
})
export class MigrationsModule {}
