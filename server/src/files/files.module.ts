import { Module } from '@nestjs/common';
import { FilesController } from './files.controller.ts';
import { FlowFiles } from './flow-files.ts';
import { Uploads } from './uploads.ts';

@Module({ controllers: [FilesController], providers: [FlowFiles, Uploads] })
export class FilesModule {}
