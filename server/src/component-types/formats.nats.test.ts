import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readJson, writeJson } from '../engine/exact-number.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** Parse and format in flows of the server as people run it, with what other programs wrote. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const linesAt = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
const written = <Line>(...path: string[]): Line[] =>
  linesAt(join(import.meta.dirname, ...path)).map((line) => JSON.parse(line) as Line);

/** What a chain of processors makes of the lines of a file, between guaranteed connections; in the order of the file. */
const through = async (
  id: string,
  lines: readonly unknown[],
  processors: readonly object[],
  results: number,
): Promise<unknown[]> => {
  writeFileSync(join(server.dataDir, `${id}.in`), lines.map((line) => `${writeJson(line)}\n`).join(''));
  const steps = processors.map((step, index) => ({ id: `step-${index}`, ...step }));
  const components = [
    { id: 'in', type: 'file_input', config: { path: `${id}.in` } },
    ...steps,
    { id: 'out', type: 'file_output', config: { path: `${id}.out` } },
  ];
  const connections = components.slice(1).map((to, index) => ({
    from: components[index]!.id,
    to: to.id,
    delivery: 'guaranteed',
  }));
  const saved = await server.call('POST', '/api/v1/flows', { id, components, connections });
  expect([saved.status, saved.body]).toMatchObject([201, {}]);
  await server.call('POST', `/api/v1/flows/${id}/deploy?wait=20s`);
  const out = join(server.dataDir, `${id}.out`);
  return eventually(`${results} results of ${id}`, async () =>
    Promise.resolve(linesAt(out).length >= results && linesAt(out).map(readJson)),
  );
};

interface Value {
  readonly hex: string;
  readonly error?: string;
  readonly integer?: string;
  readonly bytes?: string;
  readonly timestamp_ms?: number;
  readonly value?: unknown;
}

it('MessagePack of Python is read, and written again byte by byte; what is none is a dead letter', async () => {
  const values = written<Value>('../component-kit/formats/msgpack/values-of-msgpack.ndjson');
  const right = values.filter(({ error }) => error === undefined);
  const found = (await through(
    'packed',
    values.map(({ hex }) => ({ hex, data: Buffer.from(hex, 'hex').toString('base64') })),
    [
      { type: 'parse', config: { format: 'msgpack', into: 'value' } },
      { type: 'format', config: { format: 'msgpack', field: 'value', into: 'again' } },
    ],
    right.length,
  )) as { readonly hex: string; readonly value: unknown; readonly again: string }[];
  expect(found.map(({ value }) => writeJson(value))).toEqual(
    right.map(({ value, integer, bytes, timestamp_ms: ms }) => {
      if (bytes !== undefined) return JSON.stringify(Buffer.from(bytes, 'hex').toString('base64'));
      return integer ?? writeJson(ms === undefined ? value : new Date(ms).toISOString());
    }),
  );
  // bytes and times are named in the settings to be written as such; floats of 32 bits become 64
  const same = found.filter(({ hex }) => !/^(c4|d7|ca)/.test(hex));
  expect(same.map(({ again }) => Buffer.from(again, 'base64').toString('hex'))).toEqual(same.map(({ hex }) => hex));
  const { body } = await server.call('GET', '/api/v1/flows/packed/dead-letters');
  expect(JSON.stringify(body).match(/byte \d+: /g)).toHaveLength(values.length - right.length);
});

it('points of influxdb-client become lines that are read as its own', async () => {
  interface Line {
    readonly line: string;
    readonly time_ms: number | null;
  }
  const lines = written<Line>('../component-kit/formats/line-protocol/lines-of-influxdb-client.ndjson');
  const config = { format: 'line_protocol', time_unit: 'ms' };
  const found = (await through(
    'points',
    lines.map(({ line, time_ms: time, ...point }) => ({ theirs: line, point: { ...point, time } })),
    [
      { type: 'format', config: { ...config, field: 'point', into: 'ours', integer_fields: ['i', 'big', 'neg'] } },
      { type: 'parse', config: { ...config, field: 'ours', into: 'read.ours' } },
      { type: 'parse', config: { ...config, field: 'theirs', into: 'read.theirs' } },
    ],
    lines.length,
  )) as { readonly read: { readonly ours: unknown; readonly theirs: unknown } }[];
  expect(found.map(({ read }) => read.ours)).toEqual(found.map(({ read }) => read.theirs));
});

it('CSV of Python that came as bytes is read as it is there', async () => {
  interface Table {
    readonly bytes: string;
    readonly encoding: string;
    readonly delimiter: string;
    readonly header: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }
  const encodings: Readonly<Record<string, string>> = { 'latin-1': 'windows-1252', 'utf-16-le': 'utf-16le' };
  const groups = new Map<string, Table[]>();
  for (const table of written<Table>('inputs/file-input/csv-of-other-programs.ndjson')) {
    const settings = JSON.stringify({ encoding: encodings[table.encoding] ?? 'utf-8', delimiter: table.delimiter });
    groups.set(settings, [...(groups.get(settings) ?? []), table]);
  }
  expect([...groups.values()].flat()).toHaveLength(60);
  const all = await Promise.all(
    [...groups].map(async ([settings, tables], index) => {
      const rows = tables.flatMap(({ header, rows: texts }) =>
        texts.map((row) => Object.fromEntries(row.map((text, column) => [header[column], text]))),
      );
      const found = await through(
        `tables-${index}`,
        tables.map(({ bytes }) => ({ data: bytes })),
        [{ type: 'parse', config: { format: 'csv', numbers: false, ...(JSON.parse(settings) as object) } }],
        rows.length,
      );
      return { settings, found, rows };
    }),
  );
  for (const { settings, found, rows } of all) expect([settings, found]).toEqual([settings, rows]);
}, 180_000);
