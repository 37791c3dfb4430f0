import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { z } from 'zod';

/** Folder within the data folder for all that says who may; nobody else may read it. */
export const accessFolder = (dataDir: string): string => join(dataDir, 'access');

/** A file that says who may was changed by hand, or is damaged: nobody is let in by guessing what it meant. */
export class UnreadableAccess extends Error {
  override readonly name = 'UnreadableAccess';
}

/**
 * A small value as a file that only this user may read. It is replaced whole, and on disk when `write` returns. Throws an
 * UnreadableAccess where it holds something else.
 */
export class KeptFile<Value> {
  constructor(
    readonly path: string,
    private readonly schema: z.ZodType<Value>,
  ) {}

  /** Undefined where there is none. */
  read(): Value | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new UnreadableAccess(`the file "${this.path}" cannot be read: ${(thrown as Error).message}`, {
        cause: thrown,
      });
    }
    try {
      return this.schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new UnreadableAccess(
        `the file "${this.path}" is damaged, so nobody can be told from anybody else: put back a copy of it, or remove it to begin anew with one administrator`,
        { cause },
      );
    }
  }

  write(value: Value): void {
    writePrivate(this.path, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** From now on nothing is kept, as before the first `write`. That works on a full disk too. */
  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/**
 * Replaces a file whole; only this user may read it. Nothing that stands in the place of the new one is followed or kept. Throws
 * where the disk does not take all of it; the file is as before then, and nothing is left beside it.
 */
export const writePrivate = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx', 0o600);
  try {
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(beside, 0o600);
    renameSync(beside, path);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw thrown;
  }
};
