import { accessSync, constants, existsSync, lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { answersInTime } from './answers-in-time.ts';

/** Something in the data folder cannot be used by this user; the message names it, its owner and the way out. */
export class UnusableData extends Error {
  override readonly name = 'UnusableData';
}

/** What the server reads, writes and removes itself. What flows write is checked when they start. */
const own = [
  ...['server.pid', 'instance', 'reserve', 'nats', 'backups', 'marks', 'lanes', 'kept-history'],
  'restore-journal.json',
];
/** A folder of more than this is not looked through to its end: the start must be quick. */
const mostFiles = 20_000;

/**
 * Throws UnusableData at the first file or folder that the server needs and this user may not read and write, such as
 * those of a first run by root.
 */
export const checkDataFolder = (dataDir: string, backupFolder: string, may: MayUse = mayUse): void => {
  let left = mostFiles;
  const look = (path: string, root: string): void => {
    const stats = statOf(path);
    if (!stats || (left -= 1) < 0) return;
    const isFolder = stats.isDirectory();
    if (!isFolder && !stats.isFile()) return;
    if (!may(path, isFolder)) throw new UnusableData(sentenceFor(path, stats, root));
    if (isFolder) for (const name of readdirSync(path)) look(join(path, name), root);
  };
  if (!answersInTime(dataDir))
    throw new UnusableData(
      `the data folder "${dataDir}" does not answer: if it is on a network drive, see whether its server is there, or set "data_dir"`,
    );
  const there = nearestThere(dataDir);
  if (!may(there, true)) throw new UnusableData(sentenceFor(there, lstatSync(there), dataDir));
  for (const name of own) look(join(dataDir, name), dataDir);
  // backups may lie elsewhere, and are said to be out of reach when somebody wants one
  if (answersInTime(backupFolder)) look(backupFolder, backupFolder);
};

/** The folder itself, or where it would have to be made. */
const nearestThere = (path: string): string => (existsSync(path) ? path : nearestThere(dirname(path)));

const statOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
};

type MayUse = (path: string, isFolder: boolean) => boolean;

const mayUse: MayUse = (path, isFolder) => {
  const { R_OK, W_OK, X_OK } = constants;
  try {
    accessSync(path, isFolder ? R_OK | W_OK | X_OK : R_OK | W_OK);
    return true;
  } catch {
    return false;
  }
};

const sentenceFor = (path: string, stats: Stats, root: string): string => {
  const { uid } = stats;
  const me = userInfo().uid;
  const kind = stats.isDirectory() ? 'folder' : 'file';
  const wayOut =
    uid === me
      ? `give it the rights back with "chmod -R u+rwX ${root}"`
      : `give it to this user with "sudo chown -R ${nameOf(me)} ${root}"`;
  return `the ${kind} "${path}" belongs to ${nameOf(uid)} and cannot be used by ${nameOf(me)}, who runs this server: ${wayOut}, or set "data_dir"`;
};

/** The name of a user; the number where the system knows none. */
const nameOf = (uid: number): string => {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(uid));
    return line?.split(':')[0] ?? `user ${uid}`;
  } catch {
    return `user ${uid}`;
  }
};
