import { Module } from '@nestjs/common';
import { SupervisionModule } from '../supervision/supervision.module.ts';
import { BackupController } from './backup.controller.ts';
import { Backups } from './backups.ts';

@Module({ imports: [SupervisionModule], controllers: [BackupController], providers: [Backups] })
export class BackupModule {}
