import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal } from '../../../component-kit/testing/rehearsal.ts';
import { hasPostgres, type Postgres, startPostgres } from '../../../component-kit/testing/postgres.ts';
import { readJson } from '../../../engine/exact-number.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { sqlOutput } from './sql-output.component.ts';
import { sqlOutputDefinition } from './sql-output.definition.ts';
import { loadSqlite } from './sqlite/library.ts';

/** Both databases, and how somebody else looks at what they hold. */
interface Database {
  readonly config: Readonly<Record<string, unknown>>;
  readonly dataDir: string;
  /** Rows with all values as texts. */
  ask(statements: string): Promise<Record<string, string | null>[]>;
  end(): Promise<void>;
}

const startSqlite = async (): Promise<Database> => {
  const { DatabaseSync } = await loadSqlite();
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-sql-'));
  return {
    config: { database: 'sqlite', path: 'test.db' },
    dataDir,
    ask: async (statements) => {
      const file = new DatabaseSync(join(dataDir, 'test.db'));
      try {
        if (!/^select/i.test(statements)) return (file.exec(statements), []);
        const asText = (value: unknown): string | null =>
          value === null ? null : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
        const rows = file.prepare(statements).all();
        return await Promise.resolve(
          rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]))),
        );
      } finally {
        file.close();
      }
    },
    end: async () => Promise.resolve(rmSync(dataDir, { recursive: true })),
  };
};

const startServer = async (): Promise<Database> => {
  const server: Postgres = await startPostgres();
  return { config: { url: server.url }, dataDir: tmpdir(), ask: server.ask, end: server.end };
};

const failuresOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<Record<number, string>> => {
  const fault = await output.feed(payloads).catch((thrown: unknown) => thrown);
  if (fault instanceof InvalidMessage || fault instanceof TransientFault) throw fault;
  expect(fault).toBeInstanceOf(SomeFailed);
  return Object.fromEntries([...(fault as SomeFailed).failed].map(([at, { message }]) => [at, message]));
};

describe.each([
  { name: 'SQLite', start: startSqlite, isHere: true },
  { name: 'PostgreSQL', start: startServer, isHere: hasPostgres },
])('$name', ({ name, start, isHere }) => {
  describe.skipIf(!isHere)('rows', () => {
    let database: Database;
    const ended: Rehearsal[] = [];
    let tables = 0;
    beforeAll(async () => {
      database = await start();
    }, 60_000);
    afterAll(async () => {
      for (const output of ended) await output.close();
      await database.end();
    });
    const isPostgres = name === 'PostgreSQL';

    const opened = async (config: Record<string, unknown>): Promise<Rehearsal> => {
      const { dataDir } = database;
      const output = rehearse(sqlOutput, { ...database.config, ...config }, { dataDir });
      ended.push(output);
      await output.open();
      return output;
    };
    const newTable = (): string => `t${(tables += 1)}`;

    it('makes the table from the first messages, with all digits, and writes what JSON says', async () => {
      const table = newTable();
      const output = await opened({ table, create_table: true });
      const exact = readJson(
        '{"id":9007199254740993,"price":0.12345678901234567890123,"on":true,"at":"2024-05-01T10:00:00.123456Z","name":"Čidlo \\" \'","none":null,"tags":["a",1],"deep":{"n":12345678901234567890}}',
      );
      await output.feed([exact, { id: 2, on: false, name: 'b' }, { id: 3.5, none: 'x', name: null }]);
      const rows = await database.ask(
        `SELECT cast("id" as text) "id", cast("price" as text) "price", "on", cast("at" as text) "at", "name", "none", cast("tags" as text) "tags", cast("deep" as text) "deep" FROM ${table} ORDER BY cast("id" as text) DESC`,
      );
      const at = isPostgres ? '2024-05-01 10:00:00.123456+00' : '2024-05-01T10:00:00.123456Z';
      const [yes, no] = isPostgres ? ['t', 'f'] : ['1', '0'];
      const nothing = { price: null, at: null, tags: null, deep: null };
      const jsons = isPostgres
        ? { tags: '["a", 1]', deep: '{"n": 12345678901234567890}' }
        : { tags: '["a",1]', deep: '{"n":12345678901234567890}' };
      expect(rows).toEqual([
        {
          ...{ id: '9007199254740993', price: '0.12345678901234567890123', on: yes, at },
          ...{ name: 'Čidlo " \'', none: null },
          ...jsons,
        },
        { ...nothing, id: '3.5', on: null, name: null, none: 'x' },
        { ...nothing, id: '2', on: no, name: 'b', none: null },
      ]);
      expect(output.facts()).toEqual({ rows: 3, transactions: 1 });
    });

    it('with a key what comes again is there once, and writes what the message has', async () => {
      const table = newTable();
      const output = await opened({ table, create_table: true, key: ['id'] });
      const first = [
        { id: 'a', n: 1, m: 1 },
        { id: 'b', n: 1, m: 1 },
        { id: 'a', n: 2 },
        { id: 'a', n: 3 },
        { id: 'b', n: 4, m: null },
      ];
      await output.feed(first);
      await output.feed(first);
      const rows = await database.ask(
        `SELECT "id", cast("n" as text) "n", cast("m" as text) "m" FROM ${table} ORDER BY "id"`,
      );
      expect(rows).toEqual([
        { id: 'a', n: '3', m: '1' },
        { id: 'b', n: '4', m: null },
      ]);
      const keeping = await opened({ table, key: ['id'], on_conflict: 'keep' });
      await keeping.feed([
        { id: 'a', n: 9 },
        { id: 'c', n: 9 },
      ]);
      expect(await database.ask(`SELECT cast("n" as text) "n" FROM ${table} ORDER BY "id"`)).toEqual([
        { n: '3' },
        { n: '4' },
        { n: '9' },
      ]);
    });

    it('the id of a message is a key where it has none of its own', async () => {
      const table = newTable();
      const output = await opened({ table, create_table: true, key: ['mid'], id_column: 'mid', time_column: 'came' });
      await output.feed([{ a: 1 }, { a: 1 }]);
      const rows = await database.ask(`SELECT "mid", cast("came" as text) "came" FROM ${table} ORDER BY "mid"`);
      expect(rows.map(({ mid }) => mid)).toEqual(['tested-1', 'tested-2']);
      expect(rows[0]!['came']).toMatch(/^\d{4}-\d\d-\d\d[T ]\d\d:/);
    });

    it('one bad row of many is a dead letter with the words of the database, and the others are there', async () => {
      const table = newTable();
      await database.ask(`CREATE TABLE ${table} (n integer CHECK (n <> 13), m text NOT NULL)`);
      const output = await opened({ table });
      const many = Array.from({ length: 200 }, (_, n) => ({ n, m: n === 77 ? null : 'm' }));
      const failures = await failuresOf(output, many);
      expect(Object.keys(failures)).toEqual(['13', '77']);
      expect(failures[13]).toMatch(/^the database refuses it: .*check/i);
      expect(failures[77]).toMatch(/^the database refuses it: .*not.null/i);
      expect(await database.ask(`SELECT count(*) "count" FROM ${table}`)).toEqual([{ count: '198' }]);
      expect(output.facts()).toEqual({ rows: 198, transactions: 1 });
    });

    it('what is no row does not even leave', async () => {
      const table = newTable();
      const output = await opened({ table, create_table: true, key: ['id'] });
      const failures = await failuresOf(output, [{ id: 1, a: 1 }, 'text', [1], { a: 2 }, { id: null }, {}]);
      expect(failures).toEqual({
        1: 'it is no object with fields: name what is written in "columns"',
        2: 'it is no object with fields: name what is written in "columns"',
        3: 'it has nothing for "id", which rows are told apart by',
        4: 'it has nothing for "id", which rows are told apart by',
        5: 'it has nothing for "id", which rows are told apart by',
      });
      expect(await database.ask(`SELECT count(*) "count" FROM ${table}`)).toEqual([{ count: '1' }]);
    });

    it('a missing table is waited for, and said with the way out', async () => {
      const table = newTable();
      const output = await opened({ table });
      await expect(output.feed([{ a: 1 }])).rejects.toThrow(
        new TransientFault(`there is no table "${table}": make it, or switch on "create_table"`),
      );
      await database.ask(`CREATE TABLE ${table} (a integer)`);
      await output.feed([{ a: 1 }]);
      expect(await database.ask(`SELECT a FROM ${table}`)).toEqual([{ a: '1' }]);
    });

    it('a missing column costs the message that has a field for it, unless columns are added', async () => {
      const table = newTable();
      await database.ask(`CREATE TABLE ${table} (a integer, deviceid text)`);
      const output = await opened({ table });
      const failures = await failuresOf(output, [{ a: 1 }, { a: 2, b: 1 }, { a: 3, b: null }]);
      expect(failures).toEqual({ 1: `the table "${table}" has no column "b": add it, or switch on "add_columns"` });
      if (isPostgres)
        expect(await failuresOf(output, [{ deviceId: 'x' }, { a: 4 }])).toEqual({
          0: `the table "${table}" has no column "deviceId": it has "deviceid": write that in "columns", add it, or switch on "add_columns"`,
        });
      const adding = await opened({ table, add_columns: true });
      await adding.feed([{ a: 5, b: 1.5, c: { d: 1 } }]);
      expect(await database.ask(`SELECT cast(b as text) b, cast(c as text) c FROM ${table} WHERE a = 5`)).toEqual([
        { b: '1.5', c: isPostgres ? '{"d": 1}' : '{"d":1}' },
      ]);
    });

    it('a missing column that the settings name is waited for', async () => {
      const table = newTable();
      await database.ask(`CREATE TABLE ${table} (a integer)`);
      const output = await opened({ table, columns: [{ name: 'a' }, { name: 'b', field: 'x.y' }] });
      await expect(output.feed([{ a: 1, x: { y: 'z' } }])).rejects.toThrow(
        `the table "${table}" has no column "b": add it, or switch on "add_columns"`,
      );
      await database.ask(`ALTER TABLE ${table} ADD COLUMN b text`);
      await output.feed([{ a: 1, x: { y: 'z' } }]);
      expect(await database.ask(`SELECT b FROM ${table}`)).toEqual([{ b: 'z' }]);
    });

    it('takes columns from where the settings say, by their types', async () => {
      const table = newTable();
      const columns = [
        { name: 'room', field: 'place.room', type: 'text' },
        { name: 'at', field: 'ns', type: 'time' },
        { name: 'photo', type: 'bytes' },
        { name: 'raw', type: 'json' },
        { name: 'count', type: 'integer' },
        { name: 'mean', type: 'double' },
        { name: 'ok', type: 'boolean' },
      ];
      const output = await opened({ table, columns, create_table: true, time_unit: 'ns' });
      const payload = readJson(
        '{"place":{"room":"A 7"},"ns":1700000000123456000,"photo":"AP8=","raw":"text","count":9007199254740993,"mean":0.1,"ok":true,"other":1}',
      );
      const failures = await failuresOf(output, [payload, { photo: '\u0000' }, { ns: 1e30 }]);
      expect(failures).toEqual({
        1: '"photo" holds no bytes: they are base64',
        2: '"at" is no time in the unit of the settings ("time_unit"): 1e+30',
      });
      const [row] = await database.ask(
        `SELECT room, cast(at as text) at, photo, cast(raw as text) raw, cast(count as text) count, mean, ok FROM ${table}`,
      );
      expect(row).toEqual({
        room: 'A 7',
        at: isPostgres ? '2023-11-14 22:13:20.123456+00' : '2023-11-14T22:13:20.123456Z',
        photo: isPostgres ? '\\x00ff' : '00ff',
        raw: '"text"',
        count: '9007199254740993',
        mean: '0.1',
        ok: isPostgres ? 't' : '1',
      });
    });

    it('names are names, whatever they hold', async () => {
      const table = `we"ird'; DROP TABLE t1; --${newTable()}`;
      const output = await opened({ table, create_table: true });
      const payload = JSON.parse('{"a\\"b":1,"select":2,"__proto__":3,"x y; --":4,"constructor":5,"ä":6}') as object;
      await output.feed([payload]);
      const rows = await database.ask(
        `SELECT cast("a""b" as text) a, cast("select" as text) b, cast("__proto__" as text) c, cast("x y; --" as text) d, cast("constructor" as text) e, cast("ä" as text) f FROM "${table.replaceAll('"', '""')}"`,
      );
      expect(rows).toEqual([{ a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' }]);
      const adding = await opened({ table, add_columns: true });
      const failures = await failuresOf(adding, [
        { ['x'.repeat(64)]: 1 },
        { '': 1 },
        { 'a\0b': 1 },
        Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`n${n}`, n])),
        { select: 7 },
      ]);
      expect(Object.keys(failures)).toEqual(['0', '1', '2', '3']);
      expect(failures[3]).toContain('gets no more than 500');
    });

    it('says what is wrong with a key that the table does not have', async () => {
      const table = newTable();
      await database.ask(`CREATE TABLE ${table} (id integer, n integer)`);
      const output = await opened({ table, key: ['id'] });
      const fault = await output.feed([{ id: 1, n: 1 }]).catch((thrown: unknown) => thrown);
      expect(fault).toBeInstanceOf(TransientFault);
      expect((fault as Error).message).toMatch(/unique key/);
    });

    it('says what is there when it is asked', async () => {
      const { probe } = await import('./sql-output.probe.ts');
      const config = sqlOutputDefinition.config.parse({ ...database.config, table: 'nowhere', create_table: true });
      const given = { config, signal: AbortSignal.timeout(10_000) } as Parameters<typeof probe>[0];
      expect(await probe(given)).toBe(
        isPostgres
          ? 'The database is there; the table "nowhere" is made with the first messages'
          : 'SQLite is to be had here; the file is opened when the flow runs',
      );
    });
  });
});

describe('settings', () => {
  const wrong = (config: Record<string, unknown>): string[] =>
    sqlOutputDefinition.config.safeParse({ table: 't', ...config }).error?.issues.map(({ path }) => path.join('.')) ??
    [];
  const url = 'postgres://user@db/plant';
  it.each([
    [{}, ['url', 'username']],
    [{ url }, []],
    [{ url: 'postgresql://db:5433/plant', username: 'u' }, []],
    [{ url: 'postgres://db/plant' }, ['username']],
    [{ url: 'postgres://user@db' }, ['url']],
    [{ url: 'postgres://user@db/plant?sslmode=require' }, ['url']],
    [{ url: 'mysql://user@db/plant' }, ['url']],
    [{ url: 'postgres://:password@db/plant' }, ['username']],
    [{ url: 'postgres://user@db/a%zz' }, ['url']],
    [{ url, table: '' }, ['table']],
    [{ url, table: 'a\0' }, ['table']],
    [{ url, table: 'x'.repeat(64) }, ['table']],
    [{ url, ca_file: 'ca.crt' }, ['ca_file']],
    [{ url, ca_file: 'ca.crt', tls: true }, []],
    [{ url, columns: [{ name: 'a' }, { name: 'a' }] }, ['columns.1.name']],
    [{ url, columns: [{ name: 'a' }], key: ['b'] }, ['key.0']],
    [{ url, columns: [{ name: 'a' }], key: ['i'], id_column: 'i' }, []],
    [{ database: 'sqlite' }, ['path']],
    [{ database: 'sqlite', path: '../x.db' }, ['path']],
    [{ database: 'sqlite', path: 'x.db' }, []],
  ])('%j: %j is wrong', (config, places) => expect(wrong(config)).toEqual(places));
});
