import { Module } from '@nestjs/common';
import { Checker } from './checker.ts';
import { Drafts } from './drafts.ts';
import { Versions } from './versions.ts';

/** Drafts and versions. The routes that change them stand where it is known what runs, in `SupervisionModule`. */
@Module({ providers: [Checker, Drafts, Versions], exports: [Checker, Drafts, Versions] })
export class FlowsModule {}
