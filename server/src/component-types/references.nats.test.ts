import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  differencesFrom,
  type Made,
  rowsOf,
  settingsFor,
  windowsOfPandas,
} from '../component-kit/testing/windows-of-pandas.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** What pandas reckons and Python reads as times, through flows of the server as people run it. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const write = (path: string, rows: readonly unknown[]): void =>
  writeFileSync(join(server.dataDir, path), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const linesOf = (path: string): Made[] =>
  existsSync(join(server.dataDir, path))
    ? readFileSync(join(server.dataDir, path), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Made)
    : [];
const has = async (path: string, count: number): Promise<Made[]> =>
  eventually(`${count} lines of ${path}`, async () => {
    const lines = linesOf(path);
    return Promise.resolve(lines.length >= count && lines);
  });
const deploy = async (flow: { readonly id: string } & Record<string, unknown>): Promise<void> => {
  const saved = await server.call('POST', '/api/v1/flows', flow);
  expect([flow.id, saved.status, saved.body]).toMatchObject([flow.id, 201, {}]);
  await server.call('POST', `/api/v1/flows/${flow.id}/deploy?wait=20s`);
};
const guaranteed = (from: string, to: string) => ({ from, to, delivery: 'guaranteed' });

/** A row so late that all windows are over; its own stays open. */
const lastOf = (windows: (typeof windowsOfPandas)[number], rows: readonly Record<string, unknown>[]) => {
  const isText = typeof rows[0]![windows.time] === 'string';
  return { ...rows[0], [windows.time]: isText ? '2090-01-01 00:00:00' : 3_786_912_000_000 };
};

it('windows of pandas', { timeout: 180_000 }, async () => {
  const flows = windowsOfPandas.map((windows, index) => {
    const rows = rowsOf(windows);
    write(`${index}.in`, [...rows, lastOf(windows, rows)]);
    return {
      id: `windows-${index}`,
      components: [
        { id: 'in', type: 'file_input', config: { path: `${index}.in` } },
        { id: 'windows', type: 'aggregate', config: { ...settingsFor(windows), most_ahead: '0s' } },
        { id: 'out', type: 'file_output', config: { path: `${index}.out` } },
      ],
      connections: [guaranteed('in', 'windows'), guaranteed('windows.out', 'out')],
    };
  });
  for (const flow of flows) await deploy(flow);
  for (const [index, windows] of windowsOfPandas.entries())
    expect([windows.name, differencesFrom(windows, await has(`${index}.out`, windows.results.length))]).toEqual([
      windows.name,
      [],
    ]);
});

interface Known {
  readonly text: string;
  readonly strftime: string;
  readonly pattern: string;
  readonly zone: string;
  readonly ms: number;
  readonly note?: string;
}

it('times of Python, in either way to write a format', { timeout: 180_000 }, async () => {
  const known = readFileSync(join(import.meta.dirname, '../component-kit/times/times-of-python.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Known);
  const cases = known.flatMap((one) => [one.strftime, one.pattern].map((format) => ({ ...one, format })));
  write(
    'times.in',
    cases.map(({ text }, k) => ({ k, text })),
  );
  const readers = cases.map(({ format, zone, note }, k) => ({
    id: `read-${k}`,
    type: 'aggregate',
    config: {
      window: 'count',
      messages: 1,
      by: ['k'],
      time_field: 'text',
      time_format: format.startsWith('ISO 8601') ? '' : format,
      time_zone: zone,
      time_twice: note?.includes('second') ? 'later' : note ? 'earlier' : 'refuse',
      results: [{ calculate: 'count' }],
    },
  }));
  const routes = cases.map((_, k) => ({ name: `r${k}`, rules: [{ field: 'k', operator: 'eq', value: k }] }));
  await deploy({
    id: 'times',
    components: [
      { id: 'in', type: 'file_input', config: { path: 'times.in' } },
      { id: 'way', type: 'router', config: { routes } },
      ...readers,
      { id: 'out', type: 'file_output', config: { path: 'times.out' } },
    ],
    connections: [
      guaranteed('in', 'way'),
      ...readers.flatMap(({ id }, k) => [
        { from: `way.r${k}`, to: id },
        { from: `${id}.out`, to: 'out' },
      ]),
    ],
  });
  const found = await has('times.out', cases.length);
  const starts = new Map(found.map((one) => [one['k'], one['window_start']]));
  expect(cases.map((_, k) => starts.get(k))).toEqual(cases.map(({ ms }) => new Date(ms).toISOString()));
});
