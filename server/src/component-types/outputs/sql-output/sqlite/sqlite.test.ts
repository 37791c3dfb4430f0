import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writerOfPath } from '../../../../component-kit/files/one-writer.ts';
import { rehearse, type Rehearsal } from '../../../../component-kit/testing/rehearsal.ts';
import { readJson } from '../../../../engine/exact-number.ts';
import { FatalFault, SomeFailed, TransientFault } from '../../../../engine/fault.ts';
import { sqlOutput } from '../sql-output.component.ts';
import { type Connection, loadSqlite } from './library.ts';

const { DatabaseSync } = await loadSqlite();
let dataDir: string;
const ended: (() => unknown)[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'semstreams-sqlite-'));
});
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
  rmSync(dataDir, { recursive: true });
});

const opened = async (config: Record<string, unknown> = {}, world: object = {}): Promise<Rehearsal> => {
  const settings = { database: 'sqlite', path: 'a.db', table: 't', create_table: true, ...config };
  const output = rehearse(sqlOutput, settings, { dataDir, ...world });
  ended.push(async () => output.close());
  await output.open();
  return output;
};
const file = (name = 'a.db'): Connection => {
  const connection = new DatabaseSync(join(dataDir, name));
  ended.push(() => connection.close());
  return connection;
};
const rowsIn = (connection: Connection, statement = 'SELECT n FROM t'): unknown[] =>
  connection
    .prepare(statement)
    .all()
    .map((row) => ({ ...row }));
const faultOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<unknown> =>
  output.feed(payloads).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

it('makes the file and its folder, and writes ahead, so that who reads it holds up nobody', async () => {
  const output = await opened({ path: 'deep/er/a.db' });
  await output.feed([{ n: 1 }]);
  const other = file('deep/er/a.db');
  expect(rowsIn(other, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  other.exec('BEGIN; SELECT * FROM t');
  await output.feed([{ n: 2 }]);
  other.exec('COMMIT');
  expect(rowsIn(other)).toEqual([{ n: 1 }, { n: 2 }]);
});

it('is told to be written, with all that lies beside it, as long as one of those who write it is there', async () => {
  symlinkSync('a.db', join(dataDir, 'link.db'));
  const [one, two] = [await opened(), await opened({ path: 'link.db', table: 'u' })];
  const written = async (): Promise<unknown[]> =>
    Promise.all(
      ['a.db', 'link.db', 'a.db-wal', 'a.db-shm', 'a.db-journal'].map(async (name) => {
        const writer = await writerOfPath(join(dataDir, name));
        return writer?.component;
      }),
    );
  await one.feed([{ n: 1 }]);
  await two.feed([{ n: 2 }]);
  expect(await written()).toEqual(Array(5).fill('tested'));
  await one.close();
  expect(await written()).toEqual(Array(5).fill('tested'));
  await two.close();
  expect(await written()).toEqual(Array(5).fill(undefined));
});

it('leaves a file of others as it is', async () => {
  file().exec('CREATE TABLE t (n)');
  await (await opened()).feed([{ n: 1 }]);
  expect(rowsIn(file(), 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }]);
});

it('waits for who has locked it, without holding up anybody', async () => {
  const output = await opened();
  await output.feed([{ n: 1 }]);
  const other = file();
  other.exec('BEGIN IMMEDIATE');
  const fault = await faultOf(output, [{ n: 2 }]);
  expect(fault).toBeInstanceOf(TransientFault);
  expect((fault as Error).message).toContain('somebody else has locked it');
  other.exec('COMMIT');
  await output.feed([{ n: 2 }]);
  expect(rowsIn(other)).toEqual([{ n: 1 }, { n: 2 }]);
});

it('opens a file that is locked as soon as it is not', async () => {
  const other = file();
  other.exec('CREATE TABLE t (n); BEGIN EXCLUSIVE');
  const output = await opened();
  expect(await faultOf(output, [{ n: 1 }])).toBeInstanceOf(TransientFault);
  other.exec('COMMIT');
  await output.feed([{ n: 1 }]);
  expect(rowsIn(other)).toEqual([{ n: 1 }]);
});

it('does not go on into a file that was removed, or put aside', async () => {
  const output = await opened();
  await output.feed([{ n: 1 }]);
  renameSync(join(dataDir, 'a.db'), join(dataDir, 'old.db'));
  for (const name of ['a.db-wal', 'a.db-shm']) rmSync(join(dataDir, name), { force: true });
  // what was known of the table is no longer so
  expect(await faultOf(output, [{ n: 2 }])).toBeInstanceOf(TransientFault);
  await output.feed([{ n: 2 }]);
  expect(rowsIn(file())).toEqual([{ n: 2 }]);
});

it('notices a table that somebody changes', async () => {
  const output = await opened({ create_table: false });
  const other = file();
  other.exec('CREATE TABLE t (n)');
  await output.feed([{ n: 1 }]);
  other.exec('DROP TABLE t');
  expect(await faultOf(output, [{ n: 2 }])).toMatchObject({
    message: expect.stringContaining('no such table') as string,
  });
  expect(await faultOf(output, [{ n: 2 }])).toMatchObject({
    message: 'there is no table "t": make it, or switch on "create_table"',
  });
  other.exec('CREATE TABLE t (n BLOB)');
  await output.feed([{ n: 'AP8=' }]);
  expect(rowsIn(other, 'SELECT hex(n) n FROM t')).toEqual([{ n: '00FF' }]);
});

it('keeps all digits, or says that the column does not', async () => {
  const other = file();
  other.exec('CREATE TABLE t (i INTEGER, n NUMERIC, r REAL, x TEXT, y)');
  const output = await opened();
  const large =
    '{"x":12345678901234567890,"y":12345678901234567890,"i":9223372036854775807,"n":-9223372036854775808,"r":0.1}';
  await output.feed([readJson(large), { i: 21.5, y: 1e300 }]);
  expect(
    rowsIn(other, 'SELECT cast(i as text) i, cast(n as text) n, r, x, cast(y as text) y, typeof(i) t FROM t'),
  ).toEqual([
    {
      i: '9223372036854775807',
      n: '-9223372036854775808',
      r: 0.1,
      x: '12345678901234567890',
      y: '12345678901234567890',
      t: 'integer',
    },
    { i: '21.5', n: null, r: null, x: null, y: '1.0e+300', t: 'real' },
  ]);
  const fault = await faultOf(output, [
    readJson('{"i":9223372036854775808}'),
    readJson('{"n":12345678901234567890}'),
    { i: 1 },
  ]);
  expect([...(fault as SomeFailed).failed].map(([at, { message }]) => [at, message])).toEqual([
    [0, '"i" is larger than its column keeps: give the column the type TEXT, or none'],
    [1, '"n" is larger than its column keeps: give the column the type TEXT, or none'],
  ]);
});

it('two fields for one column are none', async () => {
  const output = await opened();
  const fault = await faultOf(output, [{ n: 1 }, { n: 2, N: 3 }, { N: 4 }]);
  expect([...(fault as SomeFailed).failed.keys()]).toEqual([1]);
  expect(rowsIn(file())).toEqual([{ n: 1 }, { n: 4 }]);
});

it.each([
  ['folder', '"folder" is a folder'],
  ['text.txt', '"text.txt" is no database of SQLite: choose another file'],
])('says what is wrong with "%s"', async (path, sentence) => {
  mkdirSync(join(dataDir, 'folder'));
  writeFileSync(join(dataDir, 'text.txt'), 'no database, and long enough to see that '.repeat(100));
  const fault = await opened({ path }).catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(FatalFault);
  expect((fault as Error).message).toBe(sentence);
});

it('stays out of what is left of the disk for the server itself', async () => {
  const output = await opened({}, { diskStopAt: 0 });
  const fault = await faultOf(output, [{ n: 1 }]);
  expect(fault).toBeInstanceOf(TransientFault);
  expect((fault as Error).message).toContain('it goes on when there is room');
});

it('leaves a file that others can read and write when it is closed', async () => {
  const output = await opened();
  await output.feed([{ n: 1 }]);
  await output.close();
  const other = file();
  other.exec('BEGIN EXCLUSIVE; INSERT INTO t VALUES (2); COMMIT');
  expect(rowsIn(other)).toEqual([{ n: 1 }, { n: 2 }]);
});
