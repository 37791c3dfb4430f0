import { realpath, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { FileEntry } from '@semstreams/contract';
import { isOwn, resolveDataPath } from '../component-kit/files/data-files.ts';
import { type OpenedFile, openToRead } from '../component-kit/files/open-file.ts';
import { writerOfPath } from '../component-kit/files/one-writer.ts';
import { Settings } from '../config/settings.ts';
import { patientLooks } from '../machine/patient-look.ts';
import { isWithin } from '../reach/file-reach.ts';
import { conflict } from '../web/problems.ts';
import { fileProblemOf, unusable } from './file-problems.ts';
import { entriesOf, type Entries } from './folder-entries.ts';

interface Place {
  readonly look: ReturnType<typeof patientLooks>;
  underWay: number;
}

/** The files that flows may use, for people. Paths are written as in settings of components; empty is the data folder. */
@Injectable()
export class FlowFiles {
  /** By the drive that may not answer, as far as the words of a path tell. */
  private readonly places = new Map<string, Place>();

  constructor(private readonly settings: Settings) {}

  get dataDir(): string {
    return this.settings.dataDir;
  }

  /** What a folder holds; the data folder holds the other folders of flows, too. Rejects with a problem. */
  async list(path: string): Promise<Entries> {
    return this.patiently(path, async () => {
      const folder = await this.find(path, 'read');
      const base = await realpath(this.dataDir);
      const real = await realpath(folder);
      const { unreachable = [] } = this.settings.reach.files ?? {};
      const found = await entriesOf(folder, path, (name) => {
        const places = [join(real, name), join(folder, name)];
        return isOwn(base, places[0]!) || unreachable.some((own) => places.some((place) => isWithin(own, place)));
      });
      return real === base ? { ...found, items: [...this.otherFolders(), ...found.items] } : found;
    });
  }

  /** Opens a file to be read. Rejects with a problem. */
  async open(path: string): Promise<OpenedFile> {
    return this.patiently(path, async () => openToRead(await this.find(path, 'read')));
  }

  /** Removes a file that no flow writes. Rejects with a problem. */
  async remove(path: string): Promise<void> {
    await this.patiently(path, async () => {
      const whole = await this.find(path, 'write');
      await refuseWritten(whole, path);
      await unlink(whole);
    });
  }

  /** The whole path of what may be used so. Rejects with a FatalFault. */
  async find(path: string, use: 'read' | 'write'): Promise<string> {
    const whole = resolve(this.dataDir, path);
    if (use === 'read' && whole === this.dataDir) return whole;
    await resolveDataPath(this.dataDir, path, use);
    return whole;
  }

  /** A look at the drive of a path, which may never answer: then it rejects with a 503 problem, and others do so at once. */
  async patiently<Found>(path: string, look: () => Promise<Found>): Promise<Found> {
    const name = this.driveOf(path);
    const place = this.places.get(name) ?? { look: patientLooks(name), underWay: 0 };
    this.places.set(name, place);
    const counted = async (): Promise<Found> => {
      place.underWay += 1;
      return look().finally(() => {
        place.underWay -= 1;
        if (place.underWay === 0) this.places.delete(name);
      });
    };
    return place.look(counted).catch((thrown: unknown) => {
      throw fileProblemOf(thrown, path);
    });
  }

  private driveOf(path: string): string {
    const whole = resolve(this.dataDir, path);
    const roots = [this.dataDir, ...this.otherRoots];
    const root = roots.find((each) => isWithin(each, whole));
    if (root === undefined) return '/';
    return join(root, relative(root, whole).split(sep, 1)[0] ?? '');
  }

  private get otherRoots(): readonly string[] {
    const { allowed = [], readable = [] } = this.settings.reach.files ?? {};
    return [...new Set([...allowed, ...readable])];
  }

  private otherFolders(): FileEntry[] {
    return this.otherRoots.map((path) => ({ name: path, path, kind: 'folder' }));
  }
}

/** Rejects with a 409 problem where a flow writes a file just now. */
export const refuseWritten = async (whole: string, shown: string): Promise<void> => {
  const writer = await writerOfPath(whole);
  if (writer)
    throw conflict(
      `"${shown}" is being written by "${writer.component}" of the flow "${writer.flow}": stop the flow first`,
    );
};

/** Throws a problem where no file can be made under this name, or flows could not read it by that. */
export const refuseName = (path: string): void => {
  const name = basename(path);
  const problem =
    path.endsWith('/') || name === '' || name === '.' || name === '..'
      ? 'it names no file'
      : name.startsWith('.')
        ? 'a name that begins with a dot is hidden'
        : /[*\\{}"]/.test(path)
          ? '* \\ { } and " mean something else in settings'
          : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(path)
            ? 'it holds characters that nobody sees'
            : /^\s|\s$/.test(name)
              ? 'it begins or ends with a blank'
              : dirname(path)
                    .split('/')
                    .some((part) => part.startsWith('.') && part !== '.' && part !== '..')
                ? 'a folder that begins with a dot is hidden'
                : undefined;
  if (problem !== undefined) throw unusable(`"${path.slice(0, 200)}" cannot be the name of a file: ${problem}`);
};
