import pg from 'pg';
import { writeJson } from '../../../../engine/exact-number.ts';
import { InvalidMessage, TransientFault } from '../../../../engine/fault.ts';
import { quoted } from '../column-name.ts';
import type { ColumnType } from '../column-type.ts';
import type { Column, Columns, Refused, Row, Table } from '../database.ts';
import { columnsOfTable, conflictClause, inStatements, type Target } from '../statements.ts';
import { faultOf } from './faults.ts';
import type { LineTo } from './open-line.ts';
import { Session } from './session.ts';

export interface PostgresqlPlace {
  readonly line: LineTo;
  readonly username: string;
  readonly password: string;
  /** Name of the database. */
  readonly name: string;
  /** The server as people are told of it. */
  readonly shown: string;
  /** Empty for the one that the server takes by itself. */
  readonly schema: string;
  readonly table: string;
}

/** The columns that the server has told. */
type Found = Awaited<ReturnType<Session['ask']>>;

const types: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  number: 'numeric',
  double: 'double precision',
  integer: 'bigint',
  boolean: 'boolean',
  time: 'timestamp with time zone',
  json: 'jsonb',
  bytes: 'bytea',
};

/** Every transaction begins with a look at the table, since somebody may have changed it: it costs no further way to the server and back. */
const beginning = (table: string, withinMs: number): string =>
  [
    'BEGIN',
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    // a server that is slow itself ends what it does, and a line that nobody sees the end of holds nothing for long
    `SET LOCAL statement_timeout = ${withinMs}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${withinMs}`,
    `SELECT attname AS name, format_type(atttypid, -1) AS type FROM pg_catalog.pg_attribute
      WHERE attrelid = to_regclass(${pg.escapeLiteral(table)}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  ].join('; ');

/** A table of PostgreSQL. The line to its server is made when something is asked, and made anew after it broke. */
export const postgresqlTable = (
  place: PostgresqlPlace,
  settings: Pick<Target, 'key' | 'onConflict'>,
): Table & { readonly isConnected: boolean } => {
  const table = [place.schema, place.table]
    .filter((name) => name !== '')
    .map(quoted)
    .join('.');
  const target: Target = { ...settings, table };
  const told = { place: place.shown, username: place.username, key: settings.key.map(quoted).join(', ') };
  let session: Session | undefined;
  /** What the last look has found. */
  let known = '';

  const connected = async (): Promise<Session> => {
    if (session?.isLost) await session.close();
    if (session === undefined || session.isLost) session = await Session.open(place.line, place);
    return session;
  };

  const begin = beginning(table, place.line.withinMs);

  /** All of it or nothing. Rejects with a fault. */
  const inTransaction = async <Result>(work: (session: Session, found: Found) => Promise<Result>): Promise<Result> => {
    try {
      const open = await connected();
      try {
        const result = await work(open, await open.ask(begin));
        await open.ask('COMMIT');
        return result;
      } catch (thrown) {
        if (!open.isLost) await open.ask('ROLLBACK').catch(async () => open.close());
        throw thrown;
      }
    } catch (thrown) {
      throw faultOf(thrown, told);
    }
  };

  /** All values go as one JSON text, whose numbers have all their digits; the server reads each as the type of its column. */
  const insert = async (open: Session, rows: readonly Row[]): Promise<void> => {
    const names = Object.keys(rows[0]!.values);
    const columns = names.map(quoted).join(', ');
    const values = names.map((name) => `r.${quoted(name)}`).join(', ');
    const statement = `INSERT INTO ${table} (${columns}) SELECT ${values} FROM json_populate_recordset(NULL::${table}, $1::json) AS r${conflictClause(target, names)}`;
    await open.ask(statement, [writeJson(rows.map(({ values: each }) => each))!]);
  };

  const refuseChanged = (found: Found): void => {
    if (JSON.stringify(found) !== known)
      throw new TransientFault(`${place.shown}: the table "${place.table}" was changed: it is looked at again`);
  };

  /** Halves what the server refuses until it is known which rows are at fault; the others are written. */
  const insertSome = async (open: Session, parts: readonly Row[][]): Promise<Refused> => {
    const refused = new Map<number, InvalidMessage>();
    const todo = parts.toReversed();
    await open.ask('SET CONSTRAINTS ALL IMMEDIATE; SAVEPOINT sound');
    for (let part = todo.pop(); part; part = todo.pop()) {
      try {
        await insert(open, part);
      } catch (thrown) {
        const fault = faultOf(thrown, told);
        if (!(fault instanceof InvalidMessage)) throw fault;
        await open.ask('ROLLBACK TO sound');
        if (part.length === 1) refused.set(part[0]!.at, fault);
        else todo.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1));
        continue;
      }
      await open.ask('RELEASE sound; SAVEPOINT sound');
    }
    return refused;
  };

  return {
    foldName: (name) => name,
    asValue,
    get isConnected() {
      return session !== undefined && !session.isLost;
    },
    look: async () =>
      inTransaction(async (_, found) => {
        known = JSON.stringify(found);
        return Promise.resolve(found.length === 0 ? undefined : columnsOf(found));
      }),
    make: async (columns) =>
      inTransaction(async (open) => {
        const named = columns.map(({ name, type }) => ({ name, type: types[type] }));
        await open.ask(`CREATE TABLE IF NOT EXISTS ${table} (${columnsOfTable(named, settings.key)})`);
      }),
    add: async (columns) =>
      inTransaction(async (open) => {
        const added = columns.map(({ name, type }) => `ADD COLUMN IF NOT EXISTS ${quoted(name)} ${types[type]}`);
        await open.ask(`ALTER TABLE ${table} ${added.join(', ')}`);
      }),
    async write(rows) {
      const parts = inStatements(rows, target);
      try {
        await inTransaction(async (open, found) => {
          refuseChanged(found);
          for (const part of parts) await insert(open, part);
        });
        return new Map();
      } catch (thrown) {
        if (!(thrown instanceof InvalidMessage)) throw thrown;
        return inTransaction(async (open) => insertSome(open, parts));
      }
    },
    close: async () => session?.close(),
  };
};

const columnsOf = (found: Found): Columns =>
  new Map(found.map(({ name, type }) => [name!, { name: name!, holds: heldBy(type!) }]));

const heldBy = (type: string): Column['holds'] => {
  if (type.startsWith('timestamp') || type === 'date') return 'time';
  if (type === 'bytea') return 'bytes';
  return type.startsWith('json') ? 'json' : 'other';
};

/** Bytes as PostgreSQL reads them from a text; all else goes as JSON. */
const asValue = (value: unknown): unknown =>
  value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
