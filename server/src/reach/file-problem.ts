import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/** Folders and files by their whole paths. */
export interface FileReach {
  readonly dataDir: string;
  /** Beside the data folder: to read and write. */
  readonly allowed: readonly string[];
  /** To read alone. */
  readonly readable: readonly string[];
  /** For certificates and their keys alone: what they hold goes into no message. */
  readonly tls: readonly string[];
  /** What the server is given itself, such as its key, without links: nobody's, also where it lies in one of the others. */
  readonly unreachable: readonly string[];
}

interface FileAsked {
  readonly path: string;
  readonly named: string;
  readonly shown: string;
  readonly use: FileUse;
}

/** What a component wants of a file; 'tls' is a certificate or a key. */
export type FileUse = 'read' | 'write' | 'tls';

/**
 * Why a flow may not use a file, or undefined where it may. `shown` is what the config calls it, `named` the same as a whole path,
 * `path` what it really is, without links. Only folders that hold the named one are looked at: another one may lie on a
 * drive that does not answer.
 */
export const fileProblem = (files: FileReach, { path, named, shown, use }: FileAsked): string | undefined => {
  if (use !== 'tls' && files.unreachable.some((each) => isWithin(each, path)))
    return `"${shown}" belongs to the server itself`;
  const holds = (folder: string): boolean =>
    isWithin(folder, path) || (isWithin(folder, named) && isWithin(realOf(folder), path));
  if (foldersFor(files, use).some(holds)) return undefined;
  return `"${shown}" lies in no folder that flows may ${verbs[use]}: ${wayOut(use)}`;
};

/** The same before anything is known of the disk and of what it is wanted for. */
export const pathOutOfReach = (files: FileReach, path: string): string | undefined => {
  const uses: readonly FileUse[] = ['read', 'write', 'tls'];
  if (uses.some((use) => foldersFor(files, use).some((folder) => isWithin(folder, path)))) return undefined;
  return `"${path}" lies in no folder that flows may use: ${wayOut('read')}`;
};

const foldersFor = ({ dataDir, allowed, readable, tls }: FileReach, use: FileUse): readonly string[] => [
  dataDir,
  ...allowed,
  ...(use === 'write' ? [] : readable),
  ...(use === 'tls' ? tls : []),
];

const verbs: Readonly<Record<FileUse, string>> = { read: 'read', write: 'write', tls: 'take certificates from' };

const wayOut = (use: FileUse): string =>
  `use a path below the data folder, such as "${use === 'tls' ? 'certs/authority.crt' : 'recordings/today.csv'}", or add its folder to the setting "files.${use === 'tls' ? 'tls' : use === 'write' ? 'allowed' : 'readable'}"`;

const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way));
};

/** Folders that are not there yet are what they are called. */
const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};
