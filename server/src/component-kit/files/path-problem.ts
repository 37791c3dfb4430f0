import { posix } from 'node:path';
import { pathOutOfReach } from '../../reach/file-reach.ts';
import { reach } from '../../reach/reach.ts';
import { placesFolder } from './places-folder.ts';

/** What the server itself keeps in the data folder: no flow reads or writes it. */
export const ownPaths: readonly string[] = [
  'access',
  'nats',
  'backups',
  'lanes',
  'marks',
  'kept-history',
  'server.pid',
  'instance',
  'reserve',
  'restore-journal.json',
  placesFolder,
];

/** Longest name within a path that Linux takes, in bytes. */
const longestName = 255;
const longestPath = 4095;
/** More names than files lie deep anywhere: a look at each of thousands of folders would seem to be a drive that does not answer. */
const mostNames = 128;

/** Why no file can have this path, or undefined where one can. */
export const pathProblem = (path: string): string | undefined => {
  if (path.includes('\0')) return 'a path holds no NUL character';
  if (Buffer.byteLength(path) > longestPath) return `a path has ${longestPath} bytes at most`;
  const names = path.split('/').filter((name) => name !== '');
  if (names.length > mostNames) return `it leads through more than ${mostNames} folders: use fewer`;
  const tooLong = names.find((name) => Buffer.byteLength(name) > longestName);
  return tooLong === undefined
    ? undefined
    : `the name "${tooLong.slice(0, 20)}…" has more than ${longestName} bytes: shorten it`;
};

/** Why a path is none that a flow may use, as far as its words tell, or undefined where it may be one. */
export const placeProblem = (path: string): string | undefined => {
  if (path === '') return undefined;
  const { files } = reach();
  if (path.startsWith('/')) return files && pathOutOfReach(files, posix.normalize(path));
  const way = posix.normalize(path).replace(/\/$/, '');
  if (way === '.' || way === '..' || way.startsWith('../')) return `"${path}" leads out of the data folder`;
  return ownPaths.includes(way.split('/', 1)[0]!) ? `"${path}" belongs to the server itself` : undefined;
};
