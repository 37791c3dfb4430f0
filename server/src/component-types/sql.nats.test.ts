import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, type Postgres, startPostgres } from '../component-kit/testing/postgres.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';
import { loadSqlite } from './outputs/sql-output/sqlite/library.ts';

const count = 10_000;
const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-sql-'));

describe.skipIf(!hasPostgres)('rows in databases, by a flow of the server as people run it', () => {
  let server: RunningServer;
  let database: Postgres;
  beforeAll(async () => {
    writeFileSync(
      join(dataDir, 'readings.ndjson'),
      Array.from({ length: count }, (_, n) => `{"n":${n},"text":"reading ${n}"}\n`).join(''),
    );
    [server, database] = await Promise.all([startServer({}, dataDir), startPostgres()]);
  }, 180_000);
  afterAll(async () => {
    await Promise.all([server.end('SIGKILL'), database.end()]);
  });

  const observed = async (): Promise<string> => {
    const { body } = await server.call('GET', '/api/v1/flows/readings/status');
    return (body as { observed: string }).observed;
  };
  const rowsOf = async (table: string): Promise<Record<string, string | null>> => {
    const told = `SELECT count(*) rows, count(DISTINCT n) numbers, coalesce(sum(n), 0) sum FROM ${table}`;
    const [row = {}] = await database.ask(told).catch(() => []);
    return row;
  };
  const all = { rows: String(count), numbers: String(count), sum: String((count * (count - 1)) / 2) };

  it(
    'nothing is lost, and nothing is there twice, whichever of them or of ours is killed, frozen or ended',
    { timeout: 300_000 },
    async () => {
      const output = { database: 'postgresql', url: database.url, create_table: true, batch: 20, timeout: '1s' };
      const flow = {
        id: 'readings',
        components: [
          { id: 'in', type: 'file_input', config: { path: 'readings.ndjson' } },
          { id: 'keyed', type: 'sql_output', config: { ...output, table: 'keyed', key: ['n'] } },
          { id: 'told', type: 'sql_output', config: { ...output, table: 'told', id_column: 'id', key: ['id'] } },
          {
            id: 'here',
            type: 'sql_output',
            config: { database: 'sqlite', path: 'here.db', table: 'here', create_table: true, batch: 20, key: ['n'] },
          },
        ],
        connections: [
          { from: 'in', to: 'keyed', delivery: 'guaranteed' },
          { from: 'in', to: 'told', delivery: 'guaranteed' },
          { from: 'in', to: 'here', delivery: 'guaranteed' },
        ],
      };
      expect((await server.call('POST', '/api/v1/flows', flow)).status).toBe(201);
      await server.call('POST', '/api/v1/flows/readings/deploy?wait=20s');
      await eventually('the flow runs', async () => (await observed()) === 'running');
      const reaches = async (share: number): Promise<unknown> =>
        eventually(
          `${share} of it is there`,
          async () => Number((await rowsOf('keyed'))['rows'] ?? 0) >= count * share,
          120_000,
        );

      await reaches(0.05);
      await database.kill();
      await database.start();
      await reaches(0.2);
      database.freeze();
      await sleep(4000);
      database.thaw();
      await reaches(0.4);
      await server.end('SIGKILL');
      server = await startServer({}, dataDir);
      await reaches(0.6);
      await database.stop();
      await database.start();
      await reaches(1);
      for (const table of ['keyed', 'told'])
        await eventually(`all is in "${table}"`, async () => (await rowsOf(table))['rows'] === all.rows, 120_000);
      expect(await rowsOf('keyed')).toEqual(all);
      expect(await rowsOf('told')).toEqual(all);

      const { DatabaseSync } = await loadSqlite();
      const file = new DatabaseSync(join(dataDir, 'here.db'));
      const here = (): unknown => file.prepare('SELECT count(*) rows, sum(n) sum FROM here').all()[0];
      await expect.poll(here, { timeout: 120_000 }).toEqual({ rows: count, sum: Number(all.sum) });
      file.close();
    },
  );
});
