import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import type { KeptBackup } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';

/** How many backups that the server makes by itself, before a restore or a migration, are kept. */
const mostOwn = 10;
const ownName = /^before-[a-z]+-\d{8}T\d{6}Z(-\d+)?\.tar$/;

/** The folder of the device that backups lie in. */
@Injectable()
export class BackupFolder {
  private readonly path: string;

  constructor(settings: Settings) {
    const { folder } = settings.values.backup;
    this.path = folder === '' ? join(settings.dataDir, 'backups') : resolve(folder);
  }

  /** Newest first. */
  async list(): Promise<KeptBackup[]> {
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
  }

  /** The path of a backup in the folder; undefined where there is none of this name. */
  async find(name: string): Promise<string | undefined> {
    const path = join(this.path, name);
    if (!isBackupName(name)) return undefined;
    return stat(path).then(
      (found) => (found.isFile() ? path : undefined),
      () => undefined,
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
      await this.write(path, bytes);
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** A file appears under its name only when all of it is on disk. */
  private async write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const part = `${path}.part`;
    try {
      await pipeline(Readable.from(bytes), createWriteStream(part, { mode: 0o600 }));
      const file = await open(part);
      await file.sync().finally(async () => file.close());
      await rename(part, path);
    } catch (thrown) {
      await rm(part, { force: true });
      throw thrown;
    }
  }
}

const isBackupName = (name: string): boolean => /^[\w][\w.-]*\.(tar|sealed)$/.test(name);
