import { Module } from '@nestjs/common';
import { RuntimeModule } from '../supervision/supervision.module.ts';
import { BackupController } from './backup.controller.ts';
import { Backups } from './backups.ts';

@Module({ imports: [RuntimeModule], controllers: [BackupController], providers: [Backups] })
export class BackupModule {}
