import { FatalFault } from '../../../../engine/fault.ts';

/** What is used of `node:sqlite`. */
export interface Sqlite {
  readonly DatabaseSync: new (path: string) => Connection;
}

export type SqlValue = null | number | bigint | string | Uint8Array;

export interface Statement {
  run(...values: readonly SqlValue[]): unknown;
  all(...values: readonly SqlValue[]): readonly Readonly<Record<string, unknown>>[];
}

export interface Connection {
  exec(statements: string): void;
  prepare(statement: string): Statement;
  close(): void;
}

/** The SQLite of Node where it has one (22.13 and newer), else the same as a package. Rejects with a FatalFault where there is neither. */
export const loadSqlite = async (): Promise<Sqlite> => {
  const ofNode = process.getBuiltinModule('node:sqlite') as Sqlite | undefined;
  if (ofNode !== undefined) return ofNode;
  try {
    return (await import('@photostructure/sqlite')) as unknown as Sqlite;
  } catch (cause) {
    throw new FatalFault(
      `SQLite is not to be had with Node ${process.versions.node}: use Node 22.13 or newer, or install "@photostructure/sqlite"`,
      { cause },
    );
  }
};
