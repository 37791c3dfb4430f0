import { Readable } from 'node:stream';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type BucketChanges, type Restored, type RestorePreview } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';
import { dataVersion } from '../migrations/steps.ts';
import { Nats } from '../nats/nats.ts';
import type { StoredData, StoredEntry } from '../nats/storage/stored-data.ts';
import { about } from '../config/about.ts';
import { Pause } from '../supervision/pause.ts';
import { HttpProblem, notFound } from '../web/problems.ts';
import { changesOf, lastBucket, presentForm } from './apply.ts';
import { type ArchiveSource, type Manifest, writeArchive } from '../archive/archive.ts';
import { BackupFolder } from '../archive/backup-folder.ts';
import { Places } from './places.ts';
import {
  type ArchiveFile,
  checkCounts,
  NeedsPassphrase,
  NewerArchive,
  streamsIn,
  verifyArchive,
} from '../archive/read-archive.ts';
import { checkEntry, deployedVersions, NotOurs, versionKeyOf } from '../archive/restorable.ts';
import { Restoring } from './restoring.ts';
import { CannotUnseal, seal } from '../archive/sealed.ts';
import { BrokenArchive } from '../archive/tar.ts';

/** How long it waits before it tries again to take a restore back, in milliseconds. */
const takeBackAgainMs = 2000;
/** How long a backup that nobody reads is kept ready, in milliseconds. */
const unreadMs = 60_000;
const pieceBytes = 256 * 1024;

export interface BackupOptions {
  readonly withBuffers: boolean;
  readonly passphrase: string | undefined;
}

/** Everything out, and everything in. */
@Injectable()
export class Backups implements OnApplicationShutdown {
  private readonly log = new Logger(Backups.name);
  private readonly ending = new AbortController();
  private readonly beingMade = new Places(2, 'backups are being made');
  private readonly beingRead = new Places(2, 'backups are being looked at or restored');
  private isBusy = false;

  constructor(
    private readonly nats: Nats,
    private readonly folder: BackupFolder,
    private readonly pause: Pause,
    private readonly settings: Settings,
    private readonly restoring: Restoring,
  ) {}

  onApplicationShutdown(): void {
    this.ending.abort();
  }

  /**
   * The bytes of a backup of what is kept now. Rejects with NatsAway before the first one, and with a 503 problem where
   * others are being made. It breaks off where nobody reads on.
   */
  async make({ withBuffers, passphrase }: BackupOptions): Promise<Readable> {
    const done = this.beingMade.take();
    try {
      const archive = this.archiveOf(await this.nats.storedData(), withBuffers);
      const bytes = readable(passphrase === undefined ? archive : seal(archive, passphrase));
      return bytes.once('close', done);
    } catch (thrown) {
      done();
      throw thrown;
    }
  }

  /** Lets somebody bring or name a backup; the function that is returned says that it is done with. */
  beginReading(): () => void {
    return this.beingRead.take();
  }

  /** What restoring would change. Refuses by a problem what cannot be used; changes nothing. */
  async preview(file: ArchiveFile): Promise<RestorePreview> {
    return usable(async () => {
      const manifest = await verifyArchive(file);
      if (manifest.data_version > dataVersion)
        throw new NewerArchive(
          `its data is of version ${manifest.data_version}, and this SemStreams knows up to ${dataVersion}: update first`,
        );
      const entries = await presentForm(file, manifest.data_version);
      const data = await this.nats.storedData();
      const deployed = deployedVersions();
      const changes = await changesOf(entries, data, ({ bucket, ...entry }) => {
        checkEntry(bucket, entry);
        deployed.saw(bucket, entry);
      });
      deployed.check();
      const buffers = await buffersOf(file);
      checkCounts('messages', manifest.streams, new Map(buffers.map(({ stream, messages }) => [stream, messages])));
      return previewOf(manifest, changes, buffers);
    });
  }

  /**
   * Makes what is kept equal the backup, all or nothing: what was there before is backed up first, and put back where
   * something goes wrong, at the next start where this process is ended meanwhile. With buffers, flows stop meanwhile.
   */
  async restore(file: ArchiveFile, agree: () => void): Promise<Restored> {
    if (this.isBusy) throw new HttpProblem(409, 'another restore is under way; wait until it has ended');
    this.isBusy = true;
    try {
      const preview = await this.preview(file);
      const data = await this.nats.storedData();
      agree();
      const before = await this.changeAll(file, data, preview);
      this.log.log({ msg: 'restored a backup', made_at: preview.made_at, undo_with: before });
      return { ...preview, undo_with: before };
    } finally {
      this.isBusy = false;
    }
  }

  /** Resolves with the name of the backup of what was there before. */
  private async changeAll(file: ArchiveFile, data: StoredData, preview: RestorePreview): Promise<string> {
    const hasBuffers = preview.buffers.length > 0;
    try {
      const deployments = await this.restoring.beginPause(data);
      await (hasBuffers ? this.pause.all() : this.pause.only(runsChanged(preview.buckets)));
      const source = withDeployments(data, deployments);
      const { name } = await this.folder.keep('restore', this.archiveOf(source, hasBuffers));
      await this.restoring.change(file, data, { before: name, hasBuffers });
      return name;
    } catch (thrown) {
      this.log.warn({ msg: 'a restore failed', reason: String(thrown) });
      await this.takeBack();
      throw thrown;
    }
  }

  /** Tries until it is taken back, or until this process ends: the next one goes on with it. */
  private async takeBack(): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        return await this.restoring.takeBack(await this.nats.storedData());
      } catch (thrown) {
        this.log.error({ msg: 'a restore cannot be taken back yet; trying again', reason: String(thrown) });
        await new Promise((resolve) => setTimeout(resolve, takeBackAgainMs).unref());
      }
    }
  }

  /** A backup of the backup folder. */
  async kept(name: string): Promise<ArchiveFile> {
    const path = await this.folder.find(name);
    if (path === undefined) throw notFound(`there is no backup "${name}" in the backup folder`);
    return { path, passphrase: undefined };
  }

  private archiveOf(data: ArchiveSource, withBuffers: boolean): AsyncIterable<Buffer> {
    return writeArchive(this.withoutDamage(data), {
      madeAt: new Date(),
      madeBy: about.version,
      instance: this.settings.name,
      dataVersion,
      withBuffers,
    });
  }

  /** What cannot be read here could not be restored from a backup either, and would keep the rest from being restored. */
  private withoutDamage(data: ArchiveSource): ArchiveSource {
    const isWhole = (bucket: string, entry: StoredEntry): boolean => {
      try {
        checkEntry(bucket, entry);
        return true;
      } catch (thrown) {
        this.log.warn({ msg: 'left out of a backup', reason: String(thrown) });
        return false;
      }
    };
    const entries = async (bucket: string) => (await data.entries(bucket)).filter((entry) => isWhole(bucket, entry));
    const deployments = async () => {
      const found = await entries(lastBucket);
      const versions = new Set((await entries('semstreams_versions')).map(({ key }) => key));
      return found.filter((entry) => versions.has(versionKeyOf(entry)));
    };
    return {
      buckets: async () => data.buckets(),
      entries: async (bucket) => (bucket === lastBucket ? deployments() : entries(bucket)),
      streams: async () => data.streams(),
      messages: (stream) => data.messages(stream),
    };
  }
}

/** Small pieces, so that little is held for whoever reads slowly; it breaks off where nobody reads on. */
const readable = (bytes: AsyncIterable<Buffer>): Readable => {
  const inPieces = async function* () {
    for await (const chunk of bytes)
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        const patience = setTimeout(() => made.destroy(new Error('nobody reads the backup')), unreadMs).unref();
        yield chunk.subarray(at, at + pieceBytes);
        clearTimeout(patience);
      }
  };
  const made = Readable.from(inPieces(), { objectMode: false });
  return made;
};

/** What is kept, with deployments as they were before flows were stopped. */
const withDeployments = (data: StoredData, deployments: readonly StoredEntry[]): ArchiveSource => ({
  buckets: async () => data.buckets(),
  entries: async (bucket) => (bucket === lastBucket ? [...deployments] : data.entries(bucket)),
  streams: async () => data.streams(),
  messages: (stream) => data.messages(stream),
});

/** Whether a flow runs a version of the same number that the backup has otherwise: it would go on as if nothing were. */
const runsChanged = (changes: readonly BucketChanges[]): ((flow: string, version: number) => boolean) => {
  const changed = new Set(changes.find(({ bucket }) => bucket === 'semstreams_versions')?.changed);
  return (flow, version) => changed.has(`${flow}.${version}`);
};

/** The streams of a backup, checked to the last message, with how many each holds. */
const buffersOf = async (file: ArchiveFile): Promise<RestorePreview['buffers']> => {
  const messages = new Map<string, number>();
  for await (const { kind, stream } of streamsIn(file))
    messages.set(stream.name, (messages.get(stream.name) ?? 0) + Number(kind === 'message'));
  return [...messages].map(([stream, count]) => ({ stream, messages: count }));
};

const previewOf = (
  { made_at, made_by, instance }: Manifest,
  buckets: BucketChanges[],
  buffers: RestorePreview['buffers'],
): RestorePreview => ({ made_at, made_by, instance, buckets, buffers });

const unusable = [NeedsPassphrase, CannotUnseal, NewerArchive, BrokenArchive, NotOurs];

/** Turns what is wrong with a backup into a problem that says so. */
const usable = async <Result>(look: () => Promise<Result>): Promise<Result> => {
  try {
    return await look();
  } catch (cause) {
    if (!unusable.some((kind) => cause instanceof kind)) throw cause;
    const why = (cause as Error).message;
    throw new HttpProblem(422, `the backup cannot be used: ${why}; nothing was changed`, undefined, { cause });
  }
};
