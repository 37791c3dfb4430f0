import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../../../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const path = (name: string): string => join(server.dataDir, name);
const putFile = (name: string, devices: readonly string[], from: number, to: number): void => {
  const rows = Array.from({ length: to - from }, (_, n) => `${devices[n % devices.length]!},${from + n}\n`);
  writeFileSync(path(`inbox/${name}`), `device,n\n${rows.join('')}`);
};
/** Numbers of the rows that are whole, which those of a file that is being written need not be. */
const wholeRowsOf = (device: string): number[] =>
  readFileSync(path(`by-device/${device}.csv`), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((row) => Number(row.split(',')[1]));
const rowsOf = (device: string): number[] => {
  const [header, ...rows] = readFileSync(path(`by-device/${device}.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  expect(header).toBe('device,n');
  for (const row of rows) expect(row).toMatch(new RegExp(`^${device},\\d+$`));
  return wholeRowsOf(device);
};
const devices = ['a', 'b', 'c'];
const areThere = async (count: number): Promise<boolean> => {
  await Promise.resolve();
  const names = readdirSync(server.dataDir).includes('by-device') ? readdirSync(path('by-device')) : [];
  return names.length === devices.length && new Set(devices.flatMap(wholeRowsOf)).size === count;
};

it('files that come into a folder go to one file for each device, over kill -9: no row is lost or cut', async () => {
  mkdirSync(path('inbox'));
  for (let file = 0; file < 6; file += 1) putFile(`${file}.csv`, devices, file * 3000, (file + 1) * 3000);
  await server.call('POST', '/api/v1/flows', {
    id: 'sort',
    components: [
      {
        id: 'in',
        type: 'file_input',
        config: { path: 'inbox/*', format: 'by_name', settle: '0s', when_read: 'delete' },
      },
      { id: 'out', type: 'file_output', config: { path: 'by-device/{device}.csv', format: 'csv', max_open: 2 } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
  });
  await server.call('POST', '/api/v1/flows/sort/deploy?wait=10s');
  await eventually('it has begun', async () => Promise.resolve(readdirSync(path('inbox')).length < 6));
  await server.end('SIGKILL');
  server = await startServer({}, server.dataDir);
  putFile('late.csv', devices, 18_000, 18_300);
  await eventually('all rows are there', async () => areThere(18_300));
  await eventually('all files are away', async () => Promise.resolve(readdirSync(path('inbox')).length === 0));
  await server.call('POST', '/api/v1/flows/sort/stop?wait=20s');
  // one batch of the input and one block of the connection may come again after a kill
  const all = devices.flatMap(rowsOf);
  expect(all.length - new Set(all).size).toBeLessThan(5000);
}, 180_000);
