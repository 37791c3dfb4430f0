import { Injectable, Logger } from '@nestjs/common';
import { writeArchive } from '../archive/archive.ts';
import { BackupFolder } from '../archive/backup-folder.ts';
import { Settings } from '../config/settings.ts';
import { Unusable } from '../nats/storage/preparation.ts';
import { type StoredData, systemBucket } from '../nats/storage/stored-data.ts';
import { about } from '../config/about.ts';
import { broughtUpToDate, dataVersion } from './steps.ts';

const versionKey = 'data_version';

/**
 * Brings the data of an older version up to date, once, before anybody uses it: a backup, then step by step, then the new
 * version is written down. Where it breaks off it begins anew at the next start: every step may run twice.
 */
@Injectable()
export class Migrations {
  private readonly log = new Logger(Migrations.name);

  constructor(
    private readonly folder: BackupFolder,
    private readonly settings: Settings,
  ) {}

  /** Resolves with whether something was kept before. Rejects with Unusable where it is of a version that is not known yet. */
  async bringUpToDate(data: StoredData): Promise<boolean> {
    const present = await versionOf(data);
    if (present > dataVersion)
      throw new Unusable(
        `the stored data is of version ${present}, and this SemStreams (${about.version}) knows up to ${dataVersion}: start the newer SemStreams again, or restore a backup of before the update into an empty one`,
      );
    if (present === dataVersion) return true;
    if (present >= 0) await this.migrate(data, present);
    await data.put(systemBucket, versionKey, Buffer.from(String(dataVersion)));
    return present >= 0;
  }

  private async migrate(data: StoredData, from: number): Promise<void> {
    const facts = { madeAt: new Date(), madeBy: about.version, instance: this.settings.name, dataVersion: from };
    const { name } = await this.folder.keep('migration', writeArchive(data, { ...facts, withBuffers: false }));
    await broughtUpToDate(data, from, {
      tell: ({ title }) => this.log.log({ msg: 'the stored data is brought up to date', step: title, backup: name }),
    });
  }
}

/** -1 where nothing is stored yet, 0 where what is stored says no version. */
const versionOf = async (data: StoredData): Promise<number> => {
  const written = await data.get(systemBucket, versionKey);
  if (written) return Number.parseInt(Buffer.from(written).toString(), 10);
  // the lease is taken before, and stands in the system bucket
  return (await data.buckets()).every(({ name }) => name === systemBucket) ? -1 : 0;
};
