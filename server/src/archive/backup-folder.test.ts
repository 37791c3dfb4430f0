import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { failingDisk } from '../component-kit/testing/failing-disk.ts';
import { smallDisk } from '../component-kit/testing/small-disk.ts';
import { loadSettings } from '../config/load-settings.ts';
import { settingsOf } from '../config/settings.ts';
import { BackupFolder } from './backup-folder.ts';

const work = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-backups-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const folderOf = (backups: string): BackupFolder => {
  const variables = {
    SEMSTREAMS_DATA_DIR: work(),
    SEMSTREAMS_BACKUP_FOLDER: backups,
    SEMSTREAMS_SECRETS_DIR: '',
    SEMSTREAMS_DISK_WARN_AT: '99',
    SEMSTREAMS_DISK_STOP_AT: '100',
  };
  return new BackupFolder(settingsOf(loadSettings(variables, undefined, () => '').values));
};
async function* bytes(megabytes: number, meanwhile: () => void = () => undefined) {
  for (let count = 0; count < megabytes; count += 1) {
    if (count === 1) meanwhile();
    yield Buffer.alloc(1024 ** 2);
  }
}
const keep = async (folder: BackupFolder, archive: AsyncIterable<Uint8Array>) =>
  folder.keep('restore', archive).then(
    ({ name }) => name,
    ({ status, message }: { status?: number; message: string }) => [status, message],
  );
const spool = async (folder: BackupFolder, archive: AsyncIterable<Uint8Array>) =>
  folder.whileSpooled(archive, async () => 'used').catch(({ status }: { status?: number }) => status);

it('a disk that another one fills meanwhile is said by the name of the folder, and nothing is left of the archive', async (context) => {
  const disk = smallDisk(24);
  context.skip(disk === undefined, 'it takes root');
  const { folder, fill, makeRoom } = disk!;
  const backups = folderOf(folder);
  const detail = `the disk of the folder of backups "${folder}" is full: make room, then try again`;
  expect(await keep(backups, bytes(3, fill))).toEqual([507, detail]);
  expect(readdirSync(folder)).toEqual(['ballast']);
  makeRoom();
  expect(await spool(backups, bytes(3, fill))).toBe(507);
  expect(readdirSync(folder)).toEqual(['ballast']);
  makeRoom();
  expect(await keep(backups, bytes(3))).toMatch(/^before-restore-.*\.tar$/);
  expect(await spool(backups, bytes(3))).toBe('used');
});

it.each<[string, (folder: string) => string]>([
  ['is no folder', (folder) => join(folder, 'file')],
  ['would lie below what is no folder', (folder) => join(folder, 'file', 'backups')],
])('one that %s is named, with the way out', async (_, place) => {
  const folder = work();
  writeFileSync(join(folder, 'file'), '');
  const path = place(folder);
  const [status, detail] = (await keep(folderOf(path), bytes(1))) as [number, string];
  expect([status, detail.startsWith(`the folder of backups "${path}" cannot be written: `)]).toEqual([507, true]);
  expect(detail).toMatch(/give this user the right to it, or set "backup.folder"$/);
});

it.for(['a folder that is there', 'one that has to be made'])(
  'on a disk that has failed, %s',
  async (which, { skip }) => {
    const disk = failingDisk(32);
    skip(disk === undefined, 'it takes root');
    const path = join(disk!.folder, 'backups');
    if (which === 'a folder that is there') mkdirSync(path);
    disk!.fail();
    const detail = `the disk of the folder of backups "${path}" is mounted read-only: see what the log of the system says about it, and mount it again, then try again`;
    expect([await keep(folderOf(path), bytes(1)), await spool(folderOf(path), bytes(1))]).toEqual([[507, detail], 507]);
  },
);
