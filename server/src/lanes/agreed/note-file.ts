import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of all notes of lanes under the data folder. */
export const notesFolder = (dataDir: string): string => join(dataDir, 'lanes');

/**
 * A file that is written in place, in the memory of the operating system and never synced: it outlives the process, however
 * that ends, but no power cut. What cannot be noted, on a full disk above all, holds nothing up.
 */
export class NoteFile {
  private readonly file: number | undefined;

  constructor(private readonly path: string) {
    this.file = quietly(() => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return openSync(path, 'w', 0o600);
    });
  }

  write(bytes: Uint8Array, position: number): void {
    const { file } = this;
    if (file !== undefined) quietly(() => writeSync(file, bytes, 0, bytes.byteLength, position));
  }

  remove(): void {
    const { file } = this;
    if (file !== undefined) quietly(() => closeSync(file));
    removeNotes(this.path);
  }
}

/** Removes what a process that is gone has noted. Where the disk lets nothing go, it stays, and holds nothing up. */
export const removeNotes = (path: string): void => void quietly(() => rmSync(path, { force: true }));

const quietly = <Result>(work: () => Result): Result | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};
