import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FileList, FilePreview } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

const shared = mkdtempSync(join(tmpdir(), 'semstreams-shared-'));
let server: RunningServer;
beforeAll(async () => {
  mkdirSync(join(shared, 'secrets'));
  writeFileSync(join(shared, 'secrets', 'KEY'), 'hunter2');
  server = await startServer({
    SEMSTREAMS_FILES_ALLOWED: shared,
    SEMSTREAMS_SECRETS_DIR: join(shared, 'secrets'),
    SEMSTREAMS_FILES_MAX_UPLOAD: '1MB',
  });
  await eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
});
afterAll(async () => {
  await server.end();
  rmSync(shared, { recursive: true });
});

const content = (path: string, more = '') => `/api/v1/files/content?path=${encodeURIComponent(path)}${more}`;
const octets = { 'content-type': 'application/octet-stream' };
const put = async (path: string, bytes: string, more = '') => server.call('PUT', content(path, more), bytes, octets);
const list = async (query: string) => (await server.call('GET', `/api/v1/files?${query}`)).body as FileList;
const preview = async (path: string) =>
  (await server.call('GET', `/api/v1/files/preview?path=${encodeURIComponent(path)}`)).body as FilePreview;
const inData = (name: string) => join(server.dataDir, name);
const parts = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.part'));

it.each(['plain.csv', 'logs/new/a b.csv', 'grüße 100%.csv', join(shared, 'a+b&c=d#.csv')])(
  '%s is uploaded, listed, downloaded and removed',
  async (path) => {
    expect((await put(path, 'a,b\n1,2\n')).body).toMatchObject({ path, bytes: 8, kind: 'file' });
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    expect((await list(`path=${encodeURIComponent(folder)}`)).items).toContainEqual(
      expect.objectContaining({ path, bytes: 8, kind: 'file', changed_at: expect.any(String) }),
    );
    const got = await server.call('GET', content(path));
    expect([got.body, got.headers.get('x-content-type-options'), got.headers.get('cache-control')]).toEqual([
      'a,b\n1,2\n',
      'nosniff',
      'no-store',
    ]);
    expect(got.headers.get('content-disposition')).toMatch(/^attachment; filename="[ -~]+"; filename\*=UTF-8''/);
    const part = await server.call('GET', content(path), undefined, { range: 'bytes=4-6' });
    expect([part.status, part.body, part.headers.get('content-range')]).toEqual([206, '1,2', 'bytes 4-6/8']);
    expect((await server.call('GET', content(path), undefined, { range: 'bytes=8-' })).status).toBe(416);
    expect((await server.call('DELETE', content(path))).status).toBe(204);
    expect((await server.call('GET', content(path))).status).toBe(404);
  },
);

it('what is there is overwritten only by who says so, and of two at once one wins', async () => {
  const answers = await Promise.all([put('twice.txt', 'one'), put('twice.txt', 'two')]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(['one', 'two']).toContain(readFileSync(inData('twice.txt'), 'utf8'));
  expect((await put('twice.txt', 'three')).body).toMatchObject({ detail: expect.stringContaining('is there already') });
  expect((await put('twice.txt', 'three', '&overwrite=true')).status).toBe(200);
  expect(readFileSync(inData('twice.txt'), 'utf8')).toBe('three');
});

it('what is too large or breaks off leaves nothing', async () => {
  expect((await put('large.bin', 'x'.repeat(1024 ** 2 + 1))).status).toBe(413);
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `PUT ${content('broken.bin')} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nbegun`,
  );
  await eventually('it is begun', async () => parts(server.dataDir).length > 0);
  expect((await list('')).items.map(({ name }) => name)).not.toContainEqual(expect.stringMatching(/^\.upload/));
  socket.destroy();
  await eventually('nothing is left', async () => parts(server.dataDir).length === 0);
  const names = readdirSync(server.dataDir);
  expect([names.includes('large.bin'), names.includes('broken.bin')]).toEqual([false, false]);
  expect((await server.call('PUT', content('x.json'), {})).status).toBe(415);
});

it('what is no file of flows is out of reach', async () => {
  symlinkSync('/etc/hostname', inData('out'));
  symlinkSync('/etc', inData('etc'));
  execFileSync('mkfifo', [inData('pipe')]);
  const places = [
    'access/local-key',
    './x/../access/users.json',
    '../x',
    '/etc/hostname',
    'out',
    'etc/hostname',
    'pipe',
  ];
  for (const path of [...places, '/proc/self/environ', '/dev/zero', join(shared, 'secrets/KEY'), inData('nats')]) {
    for (const way of ['content', 'preview']) {
      const { status, body } = await server.call('GET', `/api/v1/files/${way}?path=${encodeURIComponent(path)}`);
      expect([path, status, JSON.stringify(body)]).toEqual([path, 422, expect.stringContaining('"detail"')]);
    }
    expect([path, (await put(path, 'x', '&overwrite=true')).status]).toEqual([path, 422]);
  }
  for (const path of ['/', '/etc', '..', 'access', 'nats/jetstream', join(shared, 'secrets'), 'etc'])
    expect([path, (await server.call('GET', `/api/v1/files?path=${encodeURIComponent(path)}`)).status]).toEqual([
      path,
      422,
    ]);
  for (const path of ['.hidden', '*.csv', 'a\u0000b', 'x/'.repeat(3), 'n'.repeat(300)])
    expect([path, (await put(path, 'x')).status]).toEqual([path, 422]);
  const top = await list('limit=1000');
  expect(top.items.map(({ name }) => name)).toContain(shared);
  expect(top.items.filter(({ name }) => ['access', 'nats', 'lanes', 'server.pid', 'reserve'].includes(name))).toEqual(
    [],
  );
  expect((await list(`path=${shared}`)).items.map(({ name }) => name)).not.toContain('secrets');
  expect(readFileSync(join(shared, 'secrets/KEY'), 'utf8')).toBe('hunter2');
});

it('lists are sorted, searched and told in pages', async () => {
  mkdirSync(inData('many'));
  for (const name of ['b.csv', 'a.csv', 'c.txt'])
    writeFileSync(inData(`many/${name}`), name.repeat(name.charCodeAt(0)));
  mkdirSync(inData('many/z'));
  const names = async (query: string) => (await list(`path=many&${query}`)).items.map(({ name }) => name);
  expect(await names('')).toEqual(['z', 'a.csv', 'b.csv', 'c.txt']);
  expect(await names('sort=-bytes&limit=2')).toEqual(['c.txt', 'b.csv']);
  expect(await names('search=CSV')).toEqual(['a.csv', 'b.csv']);
});

it('a preview says how a file is read', async () => {
  writeFileSync(inData('table.csv'), `zeit;temp\n${'2026-01-01;21,5\n'.repeat(20)}`);
  const table = await preview('table.csv');
  expect(table.read_as).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ';',
    header: 'first_line',
    decimal_comma: true,
  });
  expect(table.rows[0]).toEqual({ payload: '{"zeit":"2026-01-01","temp":21.5}' });
  expect(table.columns).toMatchObject([
    { path: 'zeit', types: ['text'] },
    { path: 'temp', types: ['number'], values: ['21.5'] },
  ]);
  expect([table.rows.length, table.is_whole, table.last_rows]).toEqual([20, true, []]);

  writeFileSync(inData('long.csv'), `n,text\n${Array.from({ length: 60_000 }, (_, n) => `${n},some text\n`).join('')}`);
  const long = await preview('long.csv');
  expect([long.rows.length, long.is_whole, long.last_rows.at(-1)]).toEqual([
    50,
    false,
    { payload: '{"n":59999,"text":"some text"}' },
  ]);
  writeFileSync(inData('wide.txt'), Buffer.from('\ufeffgrün,1\nblau,2\n', 'utf16le'));
  expect((await preview('wide.txt')).read_as).toMatchObject({ format: 'csv', encoding: 'utf-16le' });
  writeFileSync(inData('latin.csv'), Buffer.from('name,zahl\ngrün,1\n', 'latin1'));
  expect((await preview('latin.csv')).rows).toEqual([{ payload: '{"name":"grün","zahl":1}' }]);
  writeFileSync(inData('list.json'), '[{"a":{"b":1}},{"a":{"b":2}}]');
  expect((await preview('list.json')).columns.map(({ path }) => path)).toEqual(['a', 'a.b']);
  writeFileSync(inData('x.bin'), Buffer.from([0, 1, 2, 3, 200]));
  expect(await preview('x.bin')).toMatchObject({ hex: '00010203c8', rows: [], is_whole: true });
  writeFileSync(inData('empty.csv'), '');
  expect(await preview('empty.csv')).toMatchObject({ rows: [], is_whole: true, bytes: 0 });
});

it('a preview takes no more of what is huge or damaged than its beginning', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('a,b\n'), Buffer.from('1,2\n'.repeat(20_000_000))]));
  writeFileSync(inData('bomb.csv.gz'), bomb);
  expect(await preview('bomb.csv.gz')).toMatchObject({ is_packed: true, is_whole: false, read_as: { format: 'csv' } });
  writeFileSync(inData('cut.csv.gz'), gzipSync('a,b\n1,2\n').subarray(0, 20));
  expect((await preview('cut.csv.gz')).problem).toMatch(/cut\.csv\.gz/);
  writeFileSync(inData('sparse.txt'), 'one line\n');
  truncateSync(inData('sparse.txt'), 8 * 1024 ** 3);
  expect((await preview('sparse.txt')).bytes).toBe(8 * 1024 ** 3);
  writeFileSync(inData('endless.json'), `[${'['.repeat(200_000)}`);
  expect((await preview('endless.json')).path).toBe('endless.json');
});

it('what a flow writes just now is neither overwritten nor removed, and can be looked at', async () => {
  await server.call('POST', '/api/v1/flows', {
    id: 'writes',
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 50 } },
      { id: 'file', type: 'file_output', config: { path: 'written.ndjson' } },
      {
        id: 'rows',
        type: 'sql_output',
        config: { database: 'sqlite', path: 'rows.db', table: 't', create_table: true },
      },
    ],
    connections: [
      { from: 'source', to: 'file' },
      { from: 'source', to: 'rows' },
    ],
  });
  await server.call('POST', '/api/v1/flows/writes/deploy?wait=20s');
  await eventually('rows are seen', async () => (await preview('written.ndjson')).rows?.length > 1);
  const said = { detail: expect.stringContaining('is being written by "file" of the flow "writes"') };
  expect((await put('written.ndjson', 'x', '&overwrite=true')).body).toMatchObject(said);
  expect((await server.call('DELETE', content('written.ndjson'))).body).toMatchObject(said);
  await eventually('the database is written', async () => readdirSync(server.dataDir).includes('rows.db-wal'));
  const ofRows = { detail: expect.stringContaining('is being written by "rows" of the flow "writes"') };
  for (const path of ['rows.db', 'rows.db-wal', 'rows.db-shm', 'rows.db-journal'])
    expect([path, (await put(path, 'x', '&overwrite=true')).body]).toMatchObject([path, ofRows]);
  expect((await server.call('DELETE', content('rows.db'))).body).toMatchObject(ofRows);
  await server.call('POST', '/api/v1/flows/writes/stop?wait=20s');
  expect((await server.call('DELETE', content('rows.db'))).status).toBe(204);
  expect((await server.call('DELETE', content('written.ndjson'))).status).toBe(204);
}, 90_000);
