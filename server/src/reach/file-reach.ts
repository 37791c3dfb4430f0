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

/** What a component wants of a file; 'tls' is a certificate or a key. */
export type FileUse = 'read' | 'write' | 'tls';

/**
 * Why a flow may use a path for nothing at all, or undefined where it may be used for something: as far as that can be told
 * before anything is known of the disk.
 */
export const pathOutOfReach = (files: FileReach, path: string): string | undefined => {
  const uses: readonly FileUse[] = ['read', 'write', 'tls'];
  if (uses.some((use) => foldersFor(files, use).some((folder) => isWithin(folder, path)))) return undefined;
  return `"${path}" lies in no folder that flows may use: ${wayOut('read')}`;
};

/** The folders that may be used so. */
export const foldersFor = ({ dataDir, allowed, readable, tls }: FileReach, use: FileUse): readonly string[] => [
  dataDir,
  ...allowed,
  ...(use === 'write' ? [] : readable),
  ...(use === 'tls' ? tls : []),
];

/** What to do where a file lies in none of them. */
export const wayOut = (use: FileUse): string =>
  `use a path below the data folder, such as "${use === 'tls' ? 'certs/authority.crt' : 'recordings/today.csv'}", or add its folder to the setting "files.${use === 'tls' ? 'tls' : use === 'write' ? 'allowed' : 'readable'}"`;

export const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way));
};
