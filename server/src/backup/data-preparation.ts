import { Injectable } from '@nestjs/common';
import { Migrations } from '../migrations/migrations.ts';
import { Preparation } from '../nats/storage/preparation.ts';
import type { StoredData } from '../nats/storage/stored-data.ts';
import { Restoring } from './restoring.ts';

/** Takes back what a restore has begun and not ended, then brings what is kept up to date. */
@Injectable()
export class DataPreparation extends Preparation {
  constructor(
    private readonly restoring: Restoring,
    private readonly migrations: Migrations,
  ) {
    super();
  }

  override async prepare(data: StoredData): Promise<boolean> {
    await this.restoring.takeBack(data);
    return this.migrations.bringUpToDate(data);
  }
}
