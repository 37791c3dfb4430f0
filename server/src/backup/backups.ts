import { Injectable, Logger } from '@nestjs/common';
import { type BucketChanges, type Restored, type RestorePreview } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';
import { EntriesInMemory } from '../migrations/entries-in-memory.ts';
import { broughtUpToDate, dataVersion } from '../migrations/steps.ts';
import { Nats } from '../nats/nats.ts';
import type { StoredData, StoredEntry } from '../nats/stored-data.ts';
import { about } from '../observability/about.ts';
import { Pause } from '../runtime/pause.ts';
import { HttpProblem, notFound } from '../web/problems.ts';
import {
  type ArchiveFile,
  bucketsIn,
  type Manifest,
  NeedsPassphrase,
  NewerArchive,
  restoreStreams,
  verifyArchive,
  writeArchive,
} from './archive.ts';
import { BackupFolder } from './backup-folder.ts';
import { CannotUnseal, seal } from './sealed.ts';
import { BrokenArchive } from './tar.ts';

/** Written last and emptied first: with it, flows begin to run. */
const lastBucket = 'semstreams_deployments';

export interface BackupOptions {
  readonly withBuffers: boolean;
  readonly passphrase: string | undefined;
}

/** Everything out, and everything in. */
@Injectable()
export class Backups {
  private readonly log = new Logger(Backups.name);
  private isBusy = false;

  constructor(
    private readonly nats: Nats,
    private readonly folder: BackupFolder,
    private readonly pause: Pause,
    private readonly settings: Settings,
  ) {}

  /** The bytes of a backup of what is kept now. Rejects with NatsAway before the first one. */
  async make({ withBuffers, passphrase }: BackupOptions): Promise<AsyncIterable<Buffer>> {
    const archive = this.archiveOf(await this.nats.storedData(), withBuffers);
    return passphrase === undefined ? archive : seal(archive, passphrase);
  }

  /** What restoring would change. Refuses by a problem what cannot be used; changes nothing. */
  async preview(file: ArchiveFile): Promise<RestorePreview> {
    const manifest = await usable(file);
    return previewOf(manifest, await changesOf(await presentForm(file), await this.nats.storedData()));
  }

  /**
   * Makes what is kept equal the backup, all or nothing: what was there before is backed up first, and put back where
   * something goes wrong. With buffers, flows stop meanwhile.
   */
  async restore(file: ArchiveFile): Promise<Restored> {
    const preview = await this.preview(file);
    if (this.isBusy) throw new HttpProblem(409, 'another restore is under way; wait until it has ended');
    this.isBusy = true;
    try {
      const data = await this.nats.storedData();
      const hasBuffers = preview.buffers.length > 0;
      const before = await this.folder.keep('restore', this.archiveOf(data, hasBuffers));
      const apply = async (from: ArchiveFile) => this.apply(from, data, hasBuffers);
      try {
        await apply(file);
      } catch (thrown) {
        this.log.error({ msg: 'a restore failed and is taken back', reason: String(thrown) });
        await apply({ path: before.path, passphrase: undefined });
        throw thrown;
      }
      this.log.log({ msg: 'restored a backup', made_at: preview.made_at, undo_with: before.name });
      return { ...preview, undo_with: before.name };
    } finally {
      this.isBusy = false;
    }
  }

  /** A backup of the backup folder. */
  async kept(name: string): Promise<ArchiveFile> {
    const path = await this.folder.find(name);
    if (path === undefined) throw notFound(`there is no backup "${name}" in the backup folder`);
    return { path, passphrase: undefined };
  }

  private archiveOf(data: StoredData, withBuffers: boolean): AsyncIterable<Buffer> {
    return writeArchive(data, {
      madeAt: new Date(),
      madeBy: about.version,
      instance: this.settings.name,
      dataVersion,
      withBuffers,
    });
  }

  private async apply(file: ArchiveFile, data: StoredData, hasBuffers: boolean): Promise<void> {
    const buckets = await presentForm(file);
    if (hasBuffers) {
      await this.pause.all();
      await restoreStreams(file, data);
    } else await this.pause.only(runsChanged(await changesOf(buckets, data)));
    const changes = await changesOf(buckets, data);
    for (const { bucket, removed } of changes.filter((each) => each.bucket === lastBucket))
      for (const key of removed) await data.remove(bucket, key);
    for (const { bucket, added, changed, removed } of [...changes].sort(deploymentsLast)) {
      const entries = new Map((buckets.get(bucket) ?? []).map(({ key, value }) => [key, value]));
      for (const key of [...added, ...changed]) await data.put(bucket, key, entries.get(key)!);
      if (bucket !== lastBucket) for (const key of removed) await data.remove(bucket, key);
    }
  }
}

/** Whether a flow runs a version of the same number that the backup has otherwise: it would go on as if nothing were. */
const runsChanged = (changes: readonly BucketChanges[]): ((flow: string, version: number) => boolean) => {
  const changed = new Set(changes.find(({ bucket }) => bucket === 'semstreams_versions')?.changed);
  return (flow, version) => changed.has(`${flow}.${version}`);
};

/** The buckets of a backup in the form that this SemStreams works with, however old it is. */
const presentForm = async (file: ArchiveFile): Promise<ReadonlyMap<string, readonly StoredEntry[]>> => {
  const { data_version } = await verifyArchive(file);
  const entries = new EntriesInMemory(await bucketsIn(file));
  await broughtUpToDate(entries, data_version);
  return entries.all();
};

const deploymentsLast = (a: BucketChanges, b: BucketChanges): number =>
  Number(a.bucket === lastBucket) - Number(b.bucket === lastBucket);

/** How the buckets of a backup differ from those that are there. */
const changesOf = async (
  buckets: ReadonlyMap<string, readonly StoredEntry[]>,
  data: StoredData,
): Promise<BucketChanges[]> => {
  const present = (await data.buckets()).map(({ name }) => name).filter((name) => name !== 'semstreams_system');
  const names = [...new Set([...buckets.keys(), ...present])].sort();
  return Promise.all(
    names.map(async (bucket) => {
      const now = new Map((await data.entries(bucket)).map(({ key, value }) => [key, Buffer.from(value)]));
      const then = new Map((buckets.get(bucket) ?? []).map(({ key, value }) => [key, Buffer.from(value)]));
      const isSame = (key: string) => now.get(key)?.equals(then.get(key)!) === true;
      const keys = [...then.keys()];
      return {
        bucket,
        added: keys.filter((key) => !now.has(key)),
        changed: keys.filter((key) => now.has(key) && !isSame(key)),
        removed: [...now.keys()].filter((key) => !then.has(key)),
        unchanged: keys.filter(isSame).length,
      };
    }),
  );
};

const previewOf = ({ made_at, made_by, instance, streams }: Manifest, buckets: BucketChanges[]): RestorePreview => ({
  made_at,
  made_by,
  instance,
  buckets,
  buffers: Object.entries(streams).map(([stream, messages]) => ({ stream, messages })),
});

/** The manifest of a backup that can be used; a problem that says why not otherwise. */
const usable = async (file: ArchiveFile): Promise<Manifest> => {
  try {
    const manifest = await verifyArchive(file);
    if (manifest.data_version > dataVersion)
      throw new NewerArchive(
        `its data is of version ${manifest.data_version}, and this SemStreams knows up to ${dataVersion}: update first`,
      );
    return manifest;
  } catch (thrown) {
    if (
      thrown instanceof NeedsPassphrase ||
      thrown instanceof CannotUnseal ||
      thrown instanceof NewerArchive ||
      thrown instanceof BrokenArchive
    )
      throw new HttpProblem(422, `the backup cannot be used: ${thrown.message}; nothing was changed`, undefined, {
        cause: thrown,
      });
    throw thrown;
  }
};
