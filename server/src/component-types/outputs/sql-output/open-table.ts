import { hideInAddresses } from '../../../engine/without-secrets.ts';
import type { Io } from '../../../engine/component.ts';
import type { Table } from './database.ts';
import type { SqlOutputConfig } from './sql-output.definition.ts';

type World = Pick<Io, 'dataDir' | 'diskStopAt' | 'flow' | 'component' | 'signal'>;

/**
 * The table of the settings. What a database needs is loaded where it is named, and not before. A server is connected to when
 * something is asked; a file is opened. Rejects with a FatalFault.
 */
export const openTable = async (config: SqlOutputConfig, io: World): Promise<Table> =>
  config.database === 'sqlite' ? openSqlite(config, io) : openPostgresql(config, io);

const openPostgresql = async (config: SqlOutputConfig, { signal }: Pick<Io, 'signal'>): Promise<Table> => {
  const { placeOf } = await import('./place.ts');
  const { readTlsFiles } = await import('../../../component-kit/network/tls-files.ts');
  const { postgresqlTable } = await import('./postgresql/postgresql-table.ts');
  const { host, port, name, username, password } = placeOf(config.url);
  const place = {
    line: { host, port, tls: config.tls ? readTlsFiles(config) : undefined, withinMs: config.timeout, signal },
    username: config.username === '' ? username : config.username,
    password: config.password === '' ? password : config.password,
    name,
    shown: hideInAddresses(config.url),
    schema: config.schema,
    table: config.table,
  };
  return postgresqlTable(place, { key: config.key, onConflict: config.on_conflict });
};

const openSqlite = async (config: SqlOutputConfig, io: Omit<World, 'signal'>): Promise<Table> => {
  const { SqliteTable } = await import('./sqlite/sqlite-table.ts');
  const { loadSqlite } = await import('./sqlite/library.ts');
  const { databaseFile } = await import('./sqlite/place.ts');
  const { claimDatabase } = await import('./sqlite/claim-database.ts');
  const { DiskReserve } = await import('../../../component-kit/files/disk-reserve.ts');
  const path = await databaseFile(io.dataDir, config.path);
  const table = new SqliteTable({
    sqlite: await loadSqlite(),
    shown: config.path,
    path,
    table: config.table,
    reserve: new DiskReserve({ path, dataDir: io.dataDir, stopAt: io.diskStopAt }),
    claim: async () => claimDatabase(path, { flow: io.flow, component: io.component }, config.path),
    key: config.key,
    onConflict: config.on_conflict,
  });
  await table.begin();
  return table;
};
