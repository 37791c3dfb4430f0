import { Global, Module } from '@nestjs/common';
import { BackupFolder } from '../backup/backup-folder.ts';
import { Preparation } from '../nats/preparation.ts';
import { Migrations } from './migrations.ts';

@Global()
@Module({
  providers: [BackupFolder, Migrations, { provide: Preparation, useExisting: Migrations }],
  exports: [Preparation],
})
export class MigrationsModule {}
