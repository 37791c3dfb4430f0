import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataVersion } from '../migrations/steps.ts';
import { peek } from '../nats/peek.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';
import { type Part, tarOf } from '../archive/tar.ts';

let server: RunningServer;
const orders = { name: 'ORDERS', config: { subjects: ['orders.>'] } };
const flow = { id: 'a', name: 'A', components: [{ id: 'in', type: 'simulator_input', config: { rate: 1 } }] };

beforeAll(async () => {
  server = await startServer();
  await server.call('POST', '/api/v1/flows', flow);
  await server.call('POST', '/api/v1/flows/a/deploy?wait=10s', {});
  await peek(server.dataDir, async (data) => data.renewStream(orders));
}, 60_000);
afterAll(async () => {
  await server.end();
  rmSync(server.dataDir, { recursive: true, force: true });
});

const tar = async (parts: readonly Part[]): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of tarOf(asAsync(parts), new Date(0))) chunks.push(chunk);
  return Buffer.concat(chunks);
};
async function* asAsync<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items;
}
const part = (name: string, ...lines: unknown[]): Part => ({
  name,
  data: Buffer.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')),
});
const countsOf = (parts: readonly Part[]) => {
  const buckets: Record<string, number> = {};
  const streams: Record<string, number> = {};
  let stream = '';
  for (const { name, data } of parts) {
    const lines = data.toString().split('\n').length - 1;
    const bucket = /^buckets\/(\w+)/.exec(name)?.[1];
    if (bucket !== undefined) buckets[bucket] = (buckets[bucket] ?? 0) + lines;
    else if (name.endsWith('stream.json'))
      streams[(stream = (JSON.parse(data.toString()) as { name: string }).name)] = 0;
    else if (name.includes('/messages.')) streams[stream] = (streams[stream] ?? 0) + lines;
  }
  return { buckets, streams };
};
/** An archive as the product writes it, with a manifest that is right for what is in it. */
const archive = async (parts: readonly Part[], more: Record<string, unknown> = {}): Promise<Buffer> => {
  const sums = parts.map(({ name, data }) => ({
    name,
    bytes: data.length,
    sha256: createHash('sha256').update(data).digest('hex'),
  }));
  const manifest = {
    format: 1,
    made_at: '2026-01-01T00:00:00.000Z',
    made_by: '0.0.0',
    instance: 'x',
    data_version: dataVersion,
    ...countsOf(parts),
    parts: sums,
    ...more,
  };
  return tar([...parts, part('manifest.json', manifest)]);
};
const upload = async (bytes: Uint8Array, query = '') => {
  const answer = await fetch(`${server.url}/api/v1/restore${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-tar' },
    body: Buffer.from(bytes),
  });
  return { status: answer.status, body: (await answer.json()) as { detail: string } };
};
const everything = async () =>
  peek(server.dataDir, async (data) => {
    const buckets = await Promise.all(
      (await data.buckets()).map(async ({ name }) => [
        name,
        (await data.entries(name)).map(({ key, value }) => `${key} ${Buffer.from(value).toString()}`).sort(),
      ]),
    );
    return [...buckets, ...(await data.streams()).map(({ name }) => name)];
  });
const leftOvers = () => readdirSync(join(server.dataDir, 'backups')).filter((name) => /^\.|part$/.test(name));

const deployment = { flow: 'a', version: 4, desired: 'running', changed_at: '2026-01-01T00:00:00.000Z' };
const entry = (key: string, value: unknown) => ({ key, value: JSON.stringify(value) });
const head = {
  name: 'semstreams_buffer:a:in:out:out:in',
  config: { subjects: ['semstreams.buffer.a.in.out.out.in'], max_bytes: 1000 },
};
const message = (subject: string, headers = {}) => ({ subject, time: '', headers, data: '' });
const twice = part('buckets/semstreams_flows.1.ndjson', entry('a', flow));
const withLink = async () => {
  const bytes = await archive([twice]);
  bytes.write('2', 156);
  const sum = bytes.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
};

describe('an archive that nobody should have made', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, string]>([
    [
      'deletes a stream of somebody else',
      () =>
        archive([
          part('streams/0/stream.json', head),
          part('streams/0/messages.1.ndjson', message('$JS.API.STREAM.DELETE.ORDERS')),
        ]),
      'no subject of',
    ],
    [
      'rolls a buffer up',
      () =>
        archive([
          part('streams/0/stream.json', head),
          part('streams/0/messages.1.ndjson', message('semstreams.buffer.a.in.out.out.in', { 'Nats-Rollup': ['all'] })),
        ]),
      'Nats-Rollup',
    ],
    [
      'replaces a bucket',
      () => archive([part('streams/0/stream.json', { ...head, name: 'KV_semstreams_versions' })]),
      'KV_semstreams_versions',
    ],
    [
      'replaces a stream of somebody else',
      () =>
        archive([part('streams/0/stream.json', { name: 'ORDERS', config: { subjects: ['orders.>'], max_bytes: 5 } })]),
      'ORDERS',
    ],
    [
      'replaces a stream twice',
      () => archive([part('streams/0/stream.json', head), part('streams/1/stream.json', head)]),
      'twice',
    ],
    ['has messages of no stream', () => archive([part('streams/0/messages.1.ndjson', message('x'))]), 'of no stream'],
    [
      'writes a bucket of somebody else',
      () => archive([part('buckets/ORDERS.1.ndjson', entry('a', 1))]),
      'buckets/ORDERS',
    ],
    [
      'writes the data version',
      () => archive([part('buckets/semstreams_system.1.ndjson', { key: 'data_version', value: '99' })]),
      'semstreams_system',
    ],
    [
      'has a flow that is none',
      () => archive([part('buckets/semstreams_flows.1.ndjson', entry('a', { id: 'a' }))]),
      '"a" of semstreams_flows is none',
    ],
    [
      'has a flow under another key',
      () => archive([part('buckets/semstreams_flows.1.ndjson', entry('$JS', flow))]),
      'it is of "a"',
    ],
    [
      'has a flow that is nested for ever',
      () => archive([part('buckets/semstreams_flows.1.ndjson', { key: 'a', value: '['.repeat(1_000_000) })]),
      'within each other',
    ],
    [
      'has an entry twice',
      () => archive([part('buckets/semstreams_flows.1.ndjson', entry('a', flow), entry('a', flow))]),
      'twice',
    ],
    [
      'has an entry twice and is of older data',
      () =>
        archive([part('buckets/semstreams_flows.1.ndjson', entry('a', flow), entry('a', flow))], { data_version: 1 }),
      'twice',
    ],
    ['has a part twice', () => archive([twice, twice]), 'twice'],
    [
      'has a line that is no JSON',
      () => archive([part('buckets/semstreams_flows.1.ndjson', '{')]),
      'a line of its part',
    ],
    [
      'has a line of another shape',
      () => archive([part('buckets/semstreams_flows.1.ndjson', { key: 5 })]),
      'a line of its part',
    ],
    ['has a path out of the folder', () => archive([part('../../etc/passwd', 'x')]), '../../etc/passwd'],
    ['has an absolute path', () => archive([part('/etc/passwd', 'x')]), '/etc/passwd'],
    ['has a link', withLink, 'is no file'],
    [
      'has other sums than it says',
      () => archive([twice], { parts: [{ name: twice.name, bytes: 1, sha256: 'x' }] }),
      'not what its manifest says',
    ],
    ['leaves a part out of its manifest', () => archive([twice], { parts: [] }), 'not what its manifest says'],
    ['is of newer data', () => archive([twice], { data_version: 99 }), 'update first'],
    ['is of a newer format', () => archive([twice], { format: 2 }), 'update first'],
    ['is of no format', () => archive([twice], { format: -1 }), 'format -1, which there never was'],
    ['is of format 0', () => archive([twice], { format: 0 }), 'format 0, which there never was'],
    [
      'counts more entries than it holds',
      () => archive([twice], { buckets: { semstreams_flows: 7 } }),
      'counts 7 entries of "semstreams_flows", and it holds 1',
    ],
    ['counts no entries', () => archive([twice], { buckets: {} }), 'counts 0 entries'],
    ['counts a bucket that it has not', () => archive([], { buckets: { ORDERS: 1 } }), 'of "ORDERS", and it holds 0'],
    [
      'counts more messages than it holds',
      () => archive([part('streams/0/stream.json', head)], { streams: { [head.name]: 3 } }),
      'counts 3 messages',
    ],
    [
      'deploys a version that it does not hold',
      () => archive([twice, part('buckets/semstreams_deployments.1.ndjson', entry('a', deployment))]),
      'names the version "a.4"',
    ],
    ['is packed', async () => gzipSync(await archive([twice])), 'packed by gzip'],
    ['is a bomb', () => gzipSync(Buffer.alloc(200_000_000)), 'packed by gzip'],
    ['is a zip', () => Buffer.from('PK\u0003\u0004 and so on'), 'packed by zip'],
  ])('is refused where it %s, and nothing is touched', async (_, bytes, why) => {
    const before = await everything();
    const answer = await upload(await bytes());
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining(why)]);
    expect(answer.body.detail).toContain('nothing was changed');
    expect(await everything()).toEqual(before);
    expect(leftOvers()).toEqual([]);
  });

  it('and the stream of somebody else stays through one that is right', async () => {
    expect((await upload(await archive([part('streams/0/stream.json', head), twice]))).status).toBe(200);
    const names = await peek(server.dataDir, async (data) => {
      await data.renewStream({ ...orders, name: 'OTHER', config: { subjects: ['other.>'] } });
      await data.store({ subject: 'orders.1', time: '', headers: {}, data: Buffer.alloc(0) });
      return (await data.streams()).map(({ name }) => name);
    });
    expect(names).toContain(head.name);
    expect((await server.call('GET', '/api/v1/flows/a')).status).toBe(200);
    await eventually('it is no longer deployed', async () => {
      const { body } = await server.call('GET', '/api/v1/flows/a/status');
      return (body as { version: number }).version === 0;
    });
  });
});

describe('uploads', () => {
  const begin = () => {
    const sending = request(new URL('/api/v1/restore', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-tar', 'content-length': '10000000' },
    });
    sending.on('error', () => undefined);
    sending.write(Buffer.alloc(100_000));
    return sending;
  };

  it('that break off are no fault of the server, and leave nothing', async () => {
    const sending = begin();
    await eventually('it has begun', async () => leftOvers().length > 0);
    sending.destroy();
    await eventually('it is gone', async () => leftOvers().length === 0);
    expect(server.output()).not.toContain('a request failed');
  });

  it('are two at a time; others are asked to come again', async () => {
    const held = [begin(), begin()];
    await eventually('they have begun', async () => leftOvers().length === 2);
    const bytes = await archive([twice]);
    const answer = await fetch(`${server.url}/api/v1/restore`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-tar' },
      body: bytes,
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    for (const sending of held) sending.destroy();
    await eventually('there is room again', async () => (await upload(bytes, '?preview=true')).status === 200);
  });
});

it('backups that nobody reads are two at a time', async () => {
  const lines = Array.from({ length: 300 }, (_, n) =>
    entry(`f${n}`, {
      ...flow,
      id: `f${n}`,
      description: 'x'.repeat(2000),
      components: Array.from({ length: 40 }, (__, c) => ({
        id: `c${c}`,
        type: 'simulator_input',
        name: 'y'.repeat(100),
      })),
    }),
  );
  expect((await upload(await archive([part('buckets/semstreams_flows.1.ndjson', ...lines)]))).status).toBe(200);
  const asked = Array.from({ length: 20 }, () => request(new URL('/api/v1/backup', server.url)).end());
  const statuses = await Promise.all(
    asked.map(
      async (each) =>
        new Promise<number>((resolve) => each.once('response', ({ statusCode }) => resolve(statusCode ?? 0))),
    ),
  );
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(4);
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(10);
  for (const each of asked) each.destroy();
  await eventually('there is room again', async () => (await server.call('GET', '/api/v1/backup')).status === 200);
});
