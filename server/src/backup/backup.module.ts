import { Module } from '@nestjs/common';
import { RuntimeModule } from '../runtime/runtime.module.ts';
import { BackupController } from './backup.controller.ts';
import { BackupFolder } from './backup-folder.ts';
import { Backups } from './backups.ts';

@Module({ imports: [RuntimeModule], controllers: [BackupController], providers: [BackupFolder, Backups] })
export class BackupModule {}
