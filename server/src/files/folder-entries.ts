import type { Dirent } from 'node:fs';
import { lstat, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry } from '@semstreams/contract';

export interface Entries {
  readonly items: FileEntry[];
  readonly is_cut: boolean;
}

/** Entries of a folder that are looked at, and how many at the same time. */
const mostEntries = 5000;
const atOnce = 50;

/** What a server that was ended in the middle of an upload leaves. One that is under way is written to again and again. */
export const isUpload = (name: string): boolean => /^\.upload-[0-9a-f]{16}\.part$/.test(name);
const leftMs = 3_600_000;

/**
 * What a folder holds, but for what is hidden. `shown` is what people call it. Uploads that nobody will end any more are removed.
 * Rejects as `opendir` of Node does.
 */
export const entriesOf = async (
  folder: string,
  shown: string,
  isHidden: (name: string) => boolean,
): Promise<Entries> => {
  const found: Dirent[] = [];
  let isCut = false;
  for await (const entry of await opendir(folder)) {
    if (isUpload(entry.name)) await removeLeft(join(folder, entry.name));
    else if (isHidden(entry.name)) continue;
    else if (found.length < mostEntries) found.push(entry);
    else {
      isCut = true;
      break;
    }
  }
  const items: FileEntry[] = [];
  for (let at = 0; at < found.length; at += atOnce)
    items.push(...(await Promise.all(found.slice(at, at + atOnce).map(async (entry) => told(entry, folder, shown)))));
  return { items, is_cut: isCut };
};

const told = async (entry: Dirent, folder: string, shown: string): Promise<FileEntry> => {
  const { name } = entry;
  const kind = entry.isFile()
    ? 'file'
    : entry.isDirectory()
      ? 'folder'
      : entry.isSymbolicLink()
        ? 'link'
        : ('other' as const);
  const path = shown === '' ? name : `${shown.replace(/\/$/, '')}/${name}`;
  // a folder may be where another drive begins, which may not answer
  const stats = kind === 'file' ? await lstat(join(folder, name)).catch(() => undefined) : undefined;
  return { name, path, kind, ...(stats && { bytes: stats.size, changed_at: stats.mtime.toISOString() }) };
};

const removeLeft = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats && Date.now() - stats.mtimeMs > leftMs) await rm(path, { force: true });
};
