import { Global, Module } from '@nestjs/common';
import { BackupFolder } from '../archive/backup-folder.ts';
import { Migrations } from '../migrations/migrations.ts';
import { Preparation } from '../nats/storage/preparation.ts';
import { DataPreparation } from './data-preparation.ts';
import { Restoring } from './restoring.ts';

/** What stands ready before NATS does: the connection asks for it each time that it is made. */
@Global()
@Module({
  providers: [BackupFolder, Migrations, Restoring, { provide: Preparation, useClass: DataPreparation }],
  exports: [BackupFolder, Preparation, Restoring],
})
export class PreparationModule {}
