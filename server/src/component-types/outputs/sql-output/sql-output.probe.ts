import { implementProbe } from '../../../engine/component.ts';
import { FatalFault, sentenceOf } from '../../../engine/fault.ts';
import { openTable } from './open-table.ts';
import { sqlOutputDefinition } from './sql-output.definition.ts';
import { loadSqlite } from './sqlite/library.ts';

export const probe = implementProbe(sqlOutputDefinition, async ({ config, signal }) => {
  if (config.database === 'sqlite') {
    await loadSqlite();
    return 'SQLite is to be had here; the file is opened when the flow runs';
  }
  const table = await openTable(config, { dataDir: '.', diskStopAt: 100, flow: '', component: '', signal });
  try {
    const columns = await table.look();
    if (columns !== undefined)
      return `The database is there, and its table "${config.table}" has ${columns.size} columns`;
    if (config.create_table)
      return `The database is there; the table "${config.table}" is made with the first messages`;
    throw new FatalFault(`there is no table "${config.table}": make it, or switch on "create_table"`);
  } catch (thrown) {
    throw thrown instanceof FatalFault ? thrown : new FatalFault(sentenceOf(thrown), { cause: thrown });
  } finally {
    await table.close();
  }
});
