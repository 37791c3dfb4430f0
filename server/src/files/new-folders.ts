import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exists, makeFolderOf } from '../component-kit/files/data-files.ts';
import { unusable } from './file-problems.ts';

/** So many folders, one in the other, are made for one file. */
const mostNew = 16;

/**
 * Makes the folders in which a file is to lie. Resolves with those that were not there, the innermost first. Rejects with a problem where
 * there are too many, and with a FatalFault where one cannot be made.
 * @param shown what whoever asks calls the file
 */
export const makeFoldersFor = async (whole: string, shown: string): Promise<readonly string[]> => {
  const missing: string[] = [];
  for (let folder = dirname(whole); !(await exists(folder)); folder = dirname(folder)) {
    missing.push(folder);
    if (missing.length > mostNew)
      throw unusable(
        `"${shown.slice(0, 200)}" lies in more than ${mostNew} folders that are not there: use fewer, or make them before`,
      );
  }
  await makeFolderOf(whole);
  return missing;
};

/** Removes folders that were made for nothing, the innermost first; those in which something lies stay. */
export const removeEmpty = async (folders: readonly string[]): Promise<void> => {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
};
