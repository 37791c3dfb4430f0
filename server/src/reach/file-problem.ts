import { realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type FileReach, type FileUse, foldersFor, isWithin, wayOut } from './file-reach.ts';

interface FileAsked {
  readonly path: string;
  readonly named: string;
  readonly shown: string;
  readonly use: FileUse;
}

/**
 * Why a flow may not use a file, or undefined where it may. `shown` is what the config calls it, `named` the same as a whole path,
 * `path` what it really is, without links. Only folders that hold the named one are looked at: another one may lie on a
 * drive that does not answer.
 */
export const fileProblem = (files: FileReach, { path, named, shown, use }: FileAsked): string | undefined => {
  const realData = realOf(files.dataDir);
  // the same place as the settings name it, where the data folder is reached by a link
  const inData = isWithin(realData, path) ? join(files.dataDir, relative(realData, path)) : path;
  if (use !== 'tls' && files.unreachable.some((each) => [path, named, inData].some((one) => isWithin(each, one))))
    return `"${shown}" belongs to the server itself`;
  const holds = (folder: string): boolean =>
    isWithin(folder, path) || (isWithin(folder, named) && isWithin(realOf(folder), path));
  if (foldersFor(files, use).some(holds)) return undefined;
  return `"${shown}" lies in no folder that flows may ${verbs[use]}: ${wayOut(use)}`;
};

const verbs: Readonly<Record<FileUse, string>> = { read: 'read', write: 'write', tls: 'take certificates from' };

/** Folders that are not there yet are what they are called. */
const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};
