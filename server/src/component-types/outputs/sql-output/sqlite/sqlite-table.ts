import { stat } from 'node:fs/promises';
import type { DiskReserve } from '../../../../component-kit/files/disk-reserve.ts';
import { InvalidMessage, TransientFault } from '../../../../engine/fault.ts';
import { quoted } from '../column-name.ts';
import type { ColumnType } from '../column-type.ts';
import type { Column, Columns, Row, Table } from '../database.ts';
import { columnsOfTable, conflictClause, type Target } from '../statements.ts';
import { faultOf } from './faults.ts';
import type { Connection, Sqlite, SqlValue, Statement } from './library.ts';
import { heldBy, sqlValue } from './values.ts';

/** Statements that are kept, one for each set of columns that messages have. */
const mostStatements = 50;

/** Numbers have no type, since each other one would round those that no double holds. */
const types: Readonly<Record<ColumnType, string>> = {
  text: 'TEXT',
  number: '',
  double: 'REAL',
  integer: 'INTEGER',
  boolean: 'INTEGER',
  time: 'TEXT',
  json: 'TEXT',
  bytes: 'BLOB',
};

/** SQLite does not tell A from a in names. */
const foldName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** One open file, and which it is. */
interface Opened {
  readonly connection: Connection;
  readonly file: string | undefined;
  readonly statements: Map<string, Statement>;
}

/** A table in a file of SQLite. What is written is on disk when it resolves, and nothing waits inside of SQLite: that would hold up others. */
export class SqliteTable implements Table {
  readonly foldName = foldName;
  readonly asValue = sqlValue;
  private opened: Opened | undefined;
  private free: (() => Promise<void>) | undefined;
  private readonly target: Target;

  constructor(
    private readonly given: {
      readonly sqlite: Sqlite;
      /** The file as the settings name it, and where it is. */
      readonly shown: string;
      readonly path: string;
      readonly table: string;
      readonly reserve: DiskReserve;
      /** Claims the file, which is there then; resolves with what gives it back. */
      readonly claim: () => Promise<() => Promise<void>>;
    } & Pick<Target, 'key' | 'onConflict'>,
  ) {
    this.target = { key: given.key, onConflict: given.onConflict, table: quoted(given.table) };
  }

  /** Opens the file, which is made where there is none. Rejects with a FatalFault; what may pass is waited for later. */
  async begin(): Promise<void> {
    try {
      await this.current();
    } catch (thrown) {
      if (!(thrown instanceof TransientFault)) throw thrown;
    }
    try {
      this.free = await this.given.claim();
    } catch (thrown) {
      this.end();
      throw thrown;
    }
  }

  async look(): Promise<Columns | undefined> {
    return this.trying(({ connection }) => {
      const found = connection.prepare('SELECT name, type FROM pragma_table_xinfo(?)').all(this.given.table);
      return found.length === 0
        ? undefined
        : new Map(found.map(({ name, type }) => [foldName(String(name)), columnOf(String(name), String(type))]));
    });
  }

  async make(columns: readonly { readonly name: string; readonly type: ColumnType }[]): Promise<void> {
    const named = columns.map(({ name, type }) => ({ name, type: types[type] }));
    await this.trying(({ connection }) =>
      connection.exec(`CREATE TABLE IF NOT EXISTS ${this.target.table} (${columnsOfTable(named, this.target.key)})`),
    );
  }

  async add(columns: readonly { readonly name: string; readonly type: ColumnType }[]): Promise<void> {
    await this.trying(({ connection }) =>
      inTransaction(connection, () => {
        for (const { name, type } of columns)
          connection.exec(`ALTER TABLE ${this.target.table} ADD COLUMN ${quoted(name)} ${types[type]}`);
      }),
    );
  }

  async write(rows: readonly Row[]): Promise<ReadonlyMap<number, InvalidMessage>> {
    // as much again goes into the journal
    await this.given.reserve.take(2 * rows.reduce((sum, { size }) => sum + size, 0));
    return this.trying((opened) =>
      inTransaction(opened.connection, () => {
        const refused = new Map<number, InvalidMessage>();
        for (const { at, values } of rows) {
          try {
            this.insertFor(opened, Object.keys(values)).run(...(Object.values(values) as SqlValue[]));
          } catch (thrown) {
            const fault = faultOf(thrown, this.given.shown);
            if (!(fault instanceof InvalidMessage)) throw fault;
            refused.set(at, fault);
          }
        }
        return refused;
      }),
    );
  }

  async close(): Promise<void> {
    this.end();
    await this.free?.();
  }

  /** The file that lies there now: what is written to one that somebody has removed would be lost. */
  private async current(): Promise<Opened> {
    if (this.opened !== undefined && this.opened.file !== (await fileAt(this.given.path))) this.end();
    return (this.opened ??= await this.openNew());
  }

  private end(): void {
    this.opened?.connection.close();
    this.opened = undefined;
  }

  /** Rejects with a fault, whatever goes wrong. */
  private async trying<Result>(work: (opened: Opened) => Result): Promise<Result> {
    const opened = await this.current();
    try {
      return work(opened);
    } catch (thrown) {
      throw faultOf(thrown, this.given.shown);
    }
  }

  private async openNew(): Promise<Opened> {
    const { sqlite, path, shown } = this.given;
    const isNew = (await fileAt(path)) === undefined;
    let connection: Connection | undefined;
    try {
      connection = new sqlite.DatabaseSync(path);
      // readers and writers of a file of ours do not hold up each other; one of others stays as it is
      if (isNew) connection.exec('PRAGMA journal_mode = WAL');
      connection.exec('PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA schema_version');
      return { connection, file: await fileAt(path), statements: new Map() };
    } catch (thrown) {
      connection?.close();
      throw faultOf(thrown, shown);
    }
  }

  private insertFor({ connection, statements }: Opened, names: readonly string[]): Statement {
    const columns = names.map(quoted).join(', ');
    const known = statements.get(columns);
    if (known !== undefined) return known;
    if (statements.size >= mostStatements) statements.clear();
    const made = connection.prepare(
      `INSERT INTO ${this.target.table} (${columns}) VALUES (${names.map(() => '?').join(', ')})${conflictClause(this.target, names)}`,
    );
    statements.set(columns, made);
    return made;
  }
}

/** All of it or nothing. */
const inTransaction = <Result>(connection: Connection, work: () => Result): Result => {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (thrown) {
    rollBack(connection);
    throw thrown;
  }
};

/** Where SQLite has done so by itself, as on a full disk, there is nothing to roll back. */
const rollBack = (connection: Connection): void => {
  try {
    connection.exec('ROLLBACK');
  } catch {
    // what was thrown before says more
  }
};

const columnOf = (name: string, type: string): Column => ({ name, holds: heldBy(type) });

/** Which file lies there, since somebody may put another one in its place; undefined where there is none. */
const fileAt = async (path: string): Promise<string | undefined> => {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
};
