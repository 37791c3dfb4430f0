import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { checkDataFolder } from './data-folder.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-data-'));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const lie = (path: string): string => {
  const whole = join(dataDir, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, '');
  return whole;
};

it.each([
  ['the password of the own nats-server', 'nats/password'],
  ['its process file', 'nats/nats-server.pid'],
  ['a block of a stream', 'nats/jetstream/$G/streams/KV_semstreams_flows/msgs/1.blk'],
  ['the lock', 'server.pid'],
  ['the id of the folder', 'instance'],
  ['a backup', 'backups/semstreams-20261127T000000Z.tar'],
  ['what is noted of a buffer', 'marks/kept.json'],
])('names %s where this user may not use it, with its owner and the way out', (_, path) => {
  const whole = lie(path);
  const me = userInfo().username;
  const check = () => checkDataFolder(dataDir, join(dataDir, 'backups'), (asked) => asked !== whole);
  expect(check).toThrow(`the file "${whole}" belongs to ${me} and cannot be used by ${me}, who runs this server`);
  expect(check).toThrow(new RegExp(`u\\+rwX ${dataDir}(/backups)?"`));
});

it('names a folder, and the one in which the data folder would have to be made', () => {
  lie('nats/password');
  const folder = join(dataDir, 'nats');
  expect(() => checkDataFolder(dataDir, dataDir, (path) => path !== folder)).toThrow(
    `the folder "${folder}" belongs to`,
  );
  expect(() => checkDataFolder(join(dataDir, 'a', 'b'), dataDir, () => false)).toThrow(`the folder "${dataDir}"`);
});

it('has nothing against what it can use, and against what is no business of its own', () => {
  lie('nats/password');
  const theirs = lie('output.ndjson');
  checkDataFolder(dataDir, join(dataDir, 'backups'), (path) => path !== theirs);
  checkDataFolder(join(dataDir, 'new'), join(dataDir, 'new', 'backups'));
});
