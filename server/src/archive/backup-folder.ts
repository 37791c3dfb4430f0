import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { KeptBackup } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';
import { diskProblemOf } from '../machine/disk-problem.ts';
import { DoesNotAnswer, patientLooks } from '../machine/patient-look.ts';
import { HttpProblem } from '../web/problems.ts';

/** How many backups that the server makes by itself, before a restore or a migration, are kept. */
const mostOwn = 10;
const ownName = /^before-[a-z]+-\d{8}T\d{6}Z(-\d+)?\.tar$/;

/** What a process that was ended in the middle leaves behind. */
const leftOver = /^(\.incoming-|before-.*\.part$)/;
/** After so many bytes it looks again how much room there is. */
const lookBytes = 4 * 1024 ** 2;
/** What waits in buffers is about a third longer in a backup than in them. */
const lengthened = 2;

/** The folder of the device that backups lie in. */
@Injectable()
export class BackupFolder implements OnModuleInit {
  private readonly path: string;
  private readonly looks: ReturnType<typeof patientLooks>;

  constructor(private readonly settings: Settings) {
    const { folder } = settings.values.backup;
    this.path = folder === '' ? join(settings.dataDir, 'backups') : resolve(folder);
    this.looks = patientLooks(this.path);
  }

  /** Removes what a process that was ended in the middle has left. */
  async onModuleInit(): Promise<void> {
    const names = await this.looks(async () => readdir(this.path)).catch(() => []);
    for (const name of names.filter((each) => leftOver.test(each))) await rm(join(this.path, name), { force: true });
  }

  /** Newest first. */
  async list(): Promise<KeptBackup[]> {
    return this.patiently(async () => {
      const names = await readdir(this.path).catch(() => []);
      const kept = await Promise.all(
        names
          .filter((name) => isBackupName(name))
          .map(async (name) => {
            const { size, mtime } = await stat(join(this.path, name));
            return { name, bytes: size, made_at: mtime.toISOString() };
          }),
      );
      return kept.sort((a, b) => b.made_at.localeCompare(a.made_at));
    });
  }

  /** Rejects with a 503 problem where the folder is on a drive that does not answer. */
  private async patiently<Found>(look: () => Promise<Found>): Promise<Found> {
    try {
      return await this.looks(look);
    } catch (thrown) {
      throw thrown instanceof DoesNotAnswer ? new HttpProblem(503, thrown.message) : thrown;
    }
  }

  /** The path of a backup in the folder; undefined where there is none of this name. */
  async find(name: string): Promise<string | undefined> {
    const path = join(this.path, name);
    if (!isBackupName(name)) return undefined;
    return this.patiently(async () =>
      stat(path).then(
        (found) => (found.isFile() ? path : undefined),
        () => undefined,
      ),
    );
  }

  /** Keeps bytes under a new name, such as `before-restore-20261124T153000Z.tar`; the oldest of these go. Returns the path and the name. */
  async keep(
    occasion: 'restore' | 'migration',
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ path: string; name: string }> {
    const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const taken = new Set((await this.list()).map(({ name }) => name));
    let name = `before-${occasion}-${stamp}.tar`;
    for (let number = 2; taken.has(name); number += 1) name = `before-${occasion}-${stamp}-${number}.tar`;
    const path = join(this.path, name);
    await this.write(path, bytes);
    const own = (await this.list()).filter((kept) => ownName.test(kept.name));
    for (const old of own.slice(mostOwn)) await rm(join(this.path, old.name), { force: true });
    return { path, name };
  }

  /** Puts what comes in into a file for as long as `use` needs it. */
  async whileSpooled<Result>(
    bytes: AsyncIterable<Uint8Array>,
    use: (path: string) => Promise<Result>,
  ): Promise<Result> {
    const path = join(this.path, `.incoming-${process.pid}-${Math.random().toString(36).slice(2)}`);
    try {
      await this.write(path, this.bounded(bytes));
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Rejects with a 413 problem where more comes than a backup of this device can have. */
  private async *bounded(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const most = lengthened * this.settings.values.nats.max_file_store;
    let received = 0;
    for await (const chunk of bytes) {
      received += chunk.length;
      if (received > most)
        throw new HttpProblem(413, `a backup has ${Math.round(most / 1024 ** 2)} MB at most, by "nats.max_file_store"`);
      yield chunk;
    }
  }

  /** Rejects with a 507 problem before the disk is so full that buffers stop growing. */
  private async *whileThereIsRoom(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let unlooked = lookBytes;
    for await (const chunk of bytes) {
      unlooked += chunk.length;
      if (unlooked >= lookBytes) {
        await this.refuseWhereFull();
        unlooked = 0;
      }
      yield chunk;
    }
  }

  private async refuseWhereFull(): Promise<void> {
    const { bsize, blocks, bfree, bavail } = await this.patiently(async () => statfs(this.path));
    const used = blocks - bfree;
    const { warn_at, stop_at } = this.settings.values.disk;
    const most = (warn_at + stop_at) / 2;
    const isFull = (100 * used) / (used + bavail || 1) >= most || bavail * bsize < lookBytes;
    if (isFull) throw new HttpProblem(507, `the disk of "${this.path}" is more than ${most} % full: make room first`);
  }

  /** A file appears under its name only when all of it is on disk. */
  private async write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await this.make();
    const part = `${path}.part`;
    try {
      await pipeline(Readable.from(this.whileThereIsRoom(bytes)), createWriteStream(part, { mode: 0o600 }));
      const file = await open(part);
      await file.sync().finally(async () => file.close());
      await rename(part, path);
    } catch (thrown) {
      await rm(part, { force: true }).catch(() => undefined);
      throw this.problemOf(thrown);
    }
  }

  private async make(): Promise<void> {
    const mode = 0o700;
    await this.patiently(async () =>
      mkdir(this.path, { recursive: true, mode }).catch(async (thrown: NodeJS.ErrnoException) => {
        // of a folder that cannot be made, such as on a disk that is read-only, Node says that it is not there
        if (thrown.code === 'ENOENT') await mkdir(this.path, { mode });
        else throw thrown;
      }),
    ).catch((thrown: unknown) => {
      throw this.problemOf(thrown);
    });
  }

  /** What keeps a backup from being written, as a 507 problem that names the folder; whatever else was thrown as it is. */
  private problemOf(thrown: unknown): unknown {
    const { code, syscall, message } = thrown as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) return thrown;
    const full = diskProblemOf(thrown, `the disk of the folder of backups "${this.path}"`);
    const detail =
      full === undefined
        ? `the folder of backups "${this.path}" cannot be written: ${message}; give this user the right to it, or set "backup.folder"`
        : `${full}, then try again`;
    return new HttpProblem(507, detail, undefined, { cause: thrown });
  }
}

const isBackupName = (name: string): boolean => /^[\w][\w.-]*\.(tar|sealed)$/.test(name);
