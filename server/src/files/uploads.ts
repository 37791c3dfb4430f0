import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { FileEntry } from '@semstreams/contract';
import { syncFolder } from '../component-kit/files/data-files.ts';
import { DiskReserve } from '../component-kit/files/disk-reserve.ts';
import { Settings } from '../config/settings.ts';
import { TransientFault } from '../engine/fault.ts';
import type { Agree } from '../web/asker.ts';
import { conflict, HttpProblem } from '../web/problems.ts';
import { fileProblemOf, unusable } from './file-problems.ts';
import { makeFoldersFor, removeEmpty } from './new-folders.ts';
import { FlowFiles, refuseName, refuseWritten } from './flow-files.ts';

/** So many are taken at the same time. */
const mostAtOnce = 4;

export interface Upload {
  readonly path: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where it is known before. */
  readonly length: number | undefined;
  readonly overwrite: boolean;
  /** Asked when all of it has come. */
  readonly agree: Agree;
}

/** Files that come in: each is there whole under its name, or not at all. */
@Injectable()
export class Uploads {
  private underWay = 0;

  constructor(
    private readonly files: FlowFiles,
    private readonly settings: Settings,
  ) {}

  /** Rejects with a problem where it cannot be taken; nothing of it is left then. */
  async take({ path, bytes, length, overwrite, agree }: Upload): Promise<FileEntry> {
    refuseName(path);
    if (this.underWay >= mostAtOnce)
      throw new HttpProblem(429, `${mostAtOnce} files are being uploaded already: try again when one is there`);
    this.refuseLarge(length ?? 0);
    this.underWay += 1;
    try {
      const { whole, made } = await this.files.patiently(path, async () => this.placeFor(path, overwrite));
      return await this.write(whole, { path, bytes, overwrite, agree }).catch(async (thrown: unknown) => {
        await removeEmpty(made);
        throw thrown;
      });
    } catch (thrown) {
      throw fileProblemOf(thrown, path);
    } finally {
      this.underWay -= 1;
    }
  }

  private async placeFor(
    path: string,
    overwrite: boolean,
  ): Promise<{ readonly whole: string; readonly made: readonly string[] }> {
    const whole = await this.files.find(path, 'write');
    const present = await lstat(whole).catch(() => undefined);
    if (present?.isDirectory()) throw conflict(`"${path}" is a folder: choose another name`);
    if (present && !present.isFile() && !present.isSymbolicLink())
      throw unusable(`"${path}" is a pipe, a socket or a device: only ordinary files are written`);
    if (present && !overwrite) throw there(path);
    await refuseWritten(whole, path);
    return { whole, made: await makeFoldersFor(whole, path) };
  }

  private async write(whole: string, { path, bytes, overwrite, agree }: Omit<Upload, 'length'>): Promise<FileEntry> {
    const part = join(dirname(whole), `.upload-${randomBytes(8).toString('hex')}.part`);
    const handle = await this.files.patiently(path, async () => open(part, 'wx'));
    try {
      await this.fill(handle, bytes, part, path);
      const { size, mtime } = await this.files.patiently(path, async () => {
        await handle.sync();
        const stats = await handle.stat();
        // a flow may have begun to write it while it came
        await refuseWritten(whole, path);
        agree();
        await (overwrite ? rename(part, whole) : giveNewName(part, whole, path));
        await syncFolder(whole);
        return stats;
      });
      return { name: basename(path), path, kind: 'file', bytes: size, changed_at: mtime.toISOString() };
    } finally {
      await handle.close();
      await rm(part, { force: true });
    }
  }

  private async fill(handle: FileHandle, bytes: AsyncIterable<Uint8Array>, part: string, path: string): Promise<void> {
    const { warn_at, stop_at } = this.settings.values.disk;
    const reserve = new DiskReserve({ path: part, dataDir: this.files.dataDir, stopAt: (warn_at + stop_at) / 2 });
    let written = 0;
    for await (const chunk of unbroken(bytes)) {
      written += chunk.length;
      this.refuseLarge(written);
      await this.files.patiently(path, async () => {
        await reserve.take(chunk.length).catch((thrown: unknown) => {
          throw thrown instanceof TransientFault ? noRoom() : thrown;
        });
        await handle.writeFile(chunk);
      });
    }
  }

  private refuseLarge(bytes: number): void {
    const most = this.settings.values.files.max_upload;
    if (bytes > most)
      throw new HttpProblem(413, `a file has ${Math.round(most / 1024 ** 2)} MB at most here, by "files.max_upload"`);
  }
}

const there = (path: string): HttpProblem =>
  conflict(`"${path}" is there already: choose another name, or overwrite it`);

const noRoom = (): HttpProblem => new HttpProblem(507, 'the disk is nearly full: make room first');

/** Of two that come at once with one name the second is refused. */
const giveNewName = async (part: string, whole: string, shown: string): Promise<void> => {
  try {
    await link(part, whole);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw there(shown);
    // file systems of cards and sticks know no second name of a file
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw thrown;
    await (await open(whole, 'wx')).close();
    await rename(part, whole);
  }
};

/** An upload that breaks off is a matter of whoever sent it. */
async function* unbroken(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new HttpProblem(400, 'the upload broke off; nothing was kept', undefined, { cause: cause as Error });
  }
}
