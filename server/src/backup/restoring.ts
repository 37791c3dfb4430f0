import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.ts';
import { removeMark } from '../nats/storage/mark-file.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import type { StoredData, StoredEntry } from '../nats/storage/stored-data.ts';
import { applyEntries, applyStreams, lastBucket, presentForm } from './apply.ts';
import { BackupFolder } from '../archive/backup-folder.ts';
import { type Begun, Journal } from './journal.ts';
import { type ArchiveFile, verifyArchive } from '../archive/read-archive.ts';
import { isRestorable } from '../archive/restorable.ts';

/** Changes what is kept as a whole or not at all, also where the process is killed meanwhile. */
@Injectable()
export class Restoring {
  private readonly log = new Logger(Restoring.name);
  private readonly journal: Journal;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly settings: Settings,
    private readonly folder: BackupFolder,
    private readonly quarantine: Quarantine,
  ) {
    this.journal = new Journal(join(settings.dataDir, 'restore-journal.json'));
  }

  /** Says that flows are being stopped, and returns what should run. */
  async beginPause(data: StoredData): Promise<readonly StoredEntry[]> {
    const deployments = await data.entries(lastBucket);
    const kept = deployments.map(({ key, value }) => ({ key, base64: Buffer.from(value).toString('base64') }));
    await this.journal.write({ step: 'pausing', deployments: kept });
    return deployments;
  }

  /** Makes what is kept equal an archive; `before` is a kept backup of what is there now. */
  async change(file: ArchiveFile, data: StoredData, kept: { before: string; hasBuffers: boolean }): Promise<void> {
    return this.alone(async () => this.changeAlone(file, data, kept));
  }

  /** Takes back what a restore has begun and not ended, if there is one. Rejects where that cannot be done now. */
  async takeBack(data: StoredData): Promise<void> {
    return this.alone(async () => this.takeBackAlone(data));
  }

  /** A connection that was made anew is another occasion to take back what is under way on the old one. */
  private async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async changeAlone(
    file: ArchiveFile,
    data: StoredData,
    { before, hasBuffers }: { before: string; hasBuffers: boolean },
  ): Promise<void> {
    const streams = (await data.streams()).filter(isRestorable).map(({ name }) => name);
    await this.journal.write({ step: 'changing', before, with_buffers: hasBuffers, streams });
    await this.apply(file, data, hasBuffers);
    await this.journal.clear();
  }

  private async takeBackAlone(data: StoredData): Promise<void> {
    const begun = await this.readJournal();
    if (!begun) return;
    this.log.warn({ msg: 'a restore broke off and is taken back', step: begun.step });
    if (begun.step === 'pausing') await putBack(begun, data);
    else await this.putBackAll(begun, data);
    await this.journal.clear();
    this.log.warn({ msg: 'a restore that broke off is taken back' });
  }

  private async putBackAll(begun: Begun & { step: 'changing' }, data: StoredData): Promise<void> {
    const path = await this.folder.find(begun.before);
    if (path === undefined) return this.giveUp(`the backup "${begun.before}" of what was there before is gone`);
    await this.apply({ path, passphrase: undefined }, data, begun.with_buffers);
    if (!begun.with_buffers) return;
    const before = new Set(begun.streams);
    for (const stream of await data.streams())
      if (isRestorable(stream) && !before.has(stream.name)) await data.removeStream(stream.name);
  }

  private async apply(file: ArchiveFile, data: StoredData, hasBuffers: boolean): Promise<void> {
    const { data_version } = await verifyArchive(file);
    if (hasBuffers) await applyStreams(file, data, async (stream) => removeMark(this.settings.dataDir, stream));
    await applyEntries(await presentForm(file, data_version), data);
  }

  private async readJournal(): Promise<Begun | undefined> {
    try {
      return await this.journal.read();
    } catch (thrown) {
      this.giveUp((thrown as Error).message);
      await this.journal.clear();
      return undefined;
    }
  }

  private giveUp(why: string): void {
    this.log.error({ msg: 'a restore broke off and cannot be taken back', reason: why });
    this.quarantine.note('restore', `a restore broke off and cannot be taken back: ${why}; restore a backup`);
  }
}

const putBack = async ({ deployments }: Begun & { step: 'pausing' }, data: StoredData): Promise<void> => {
  for (const { key, base64 } of deployments) await data.put(lastBucket, key, Buffer.from(base64, 'base64'));
};
