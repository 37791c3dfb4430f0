import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal } from '../../../component-kit/testing/rehearsal.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { influxOutput } from './influx-output.component.ts';
import { influxOutputDefinition } from './influx-output.definition.ts';
import { probe } from './influx-output.probe.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

interface Came {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly lines: readonly string[];
}

/** A server that answers as InfluxDB documents it: each line that is not `good` is refused in the way of `answer`. */
const influx = async (answer: (came: Came, response: ServerResponse) => void) => {
  const came: Came[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url!, 'http://x');
      const body = Buffer.concat(chunks);
      const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      const lines = text.split('\n').slice(0, -1);
      const one = { path: pathname, query: Object.fromEntries(searchParams), headers: request.headers, lines };
      came.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, came };
};
const written = (_: Came, response: ServerResponse): void => void response.writeHead(204).end();
const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const opened = async (config: Record<string, unknown>): Promise<Rehearsal> => {
  const output = rehearse(influxOutput, {
    ...{ org: 'plant', bucket: 'rooms', measurement: 'rooms', tags: ['room'], fields: [], time_unit: 'ms' },
    ...config,
  });
  await output.open();
  ended.push(() => output.close());
  return output;
};
const faultOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<unknown> =>
  output.feed(payloads).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
/** The places of a batch that failed, with the sentence of each. */
const failedIn = (fault: unknown): Record<number, string> => {
  expect(fault).toBeInstanceOf(SomeFailed);
  return Object.fromEntries([...(fault as SomeFailed).failed].map(([at, { message }]) => [at, message]));
};

const rooms = [
  { room: 'A 7', temperature: 20.5, time: 1700000000000 },
  { room: 'B', temperature: 21, time: '2023-11-14T22:13:20Z' },
];
const lines = ['rooms,room=A\\ 7 temperature=20.5 1700000000000', 'rooms,room=B temperature=21 1700000000000'];

it.each([
  ['v2', {}, '/api/v2/write', { org: 'plant', bucket: 'rooms', precision: 'ms' }, 'Token secret'],
  [
    'v3',
    { database: 'd' },
    '/api/v3/write_lp',
    { db: 'd', precision: 'millisecond', accept_partial: 'true' },
    'Bearer secret',
  ],
  [
    'v1',
    { database: 'd', retention_policy: 'week' },
    '/write',
    { db: 'd', rp: 'week', precision: 'ms' },
    'Token secret',
  ],
])('writes by %s, many together', async (version, more, path, query, authorization) => {
  const { url, came } = await influx(written);
  await (await opened({ url: `${url}/base/`, version, token: 'secret', ...more })).feed(rooms);
  expect(came).toMatchObject([
    { path: `/base${path}`, query, headers: { authorization, 'content-encoding': 'gzip' }, lines },
  ]);
  expect(came[0]!.headers['content-type']).toBe('text/plain; charset=utf-8');
});

it('shows a name and a password where the server has those', async () => {
  const { url, came } = await influx(written);
  const login = { version: 'v1', database: 'd', username: 'writer', password: 'pass', compression: 'none' };
  await (await opened({ url, ...login })).feed(rooms);
  expect(came[0]!.headers.authorization).toBe(`Basic ${Buffer.from('writer:pass').toString('base64')}`);
  expect(came[0]!.lines).toEqual(lines);
});

it('keeps requests below the points and bytes that are set', async () => {
  const { url, came } = await influx(written);
  const many = Array.from({ length: 100 }, (_, n) => ({ room: 'a', n, time: n }));
  await (await opened({ url, batch: 40 })).feed(many);
  expect(came.map(({ lines: sent }) => sent.length)).toEqual([40, 40, 20]);
  came.length = 0;
  await (await opened({ url, batch_size: '100B' })).feed(many);
  expect(Math.max(...came.map(({ lines: sent }) => sent.join('').length))).toBeLessThanOrEqual(100);
  expect(came.flatMap(({ lines: sent }) => sent).length).toBe(100);
});

const payloads = Array.from({ length: 9 }, (_, n) => ({ room: 'a', n, ...(n % 4 === 1 && { bad: 1 }), time: n }));
const isBad = (line: string): boolean => line.includes('bad=');

describe('of several points that go together only those are dead letters that the server refuses', () => {
  const stored = new Set<string>();
  afterEach(() => stored.clear());
  const keep = (sent: readonly string[]): void => {
    for (const line of sent) if (!isBad(line)) stored.add(line);
  };
  const servers: readonly (readonly [
    string,
    Record<string, unknown>,
    (came: Came, response: ServerResponse) => void,
  ])[] = [
    [
      'version 3 names them',
      { version: 'v3', database: 'd' },
      ({ lines: sent }, response) => {
        keep(sent);
        const data = sent.flatMap((line, at) =>
          isBad(line) ? [{ original_line: line, line_number: at + 1, error_message: 'invalid column type' }] : [],
        );
        if (data.length === 0) response.writeHead(204).end();
        else json(response, 400, { error: 'partial write of line protocol occurred', data });
      },
    ],
    [
      'version 2 writes the others, and names none',
      {},
      ({ lines: sent }, response) => {
        keep(sent);
        if (!sent.some(isBad)) response.writeHead(204).end();
        else
          json(response, 422, {
            code: 'unprocessable entity',
            message: 'partial write: field type conflict dropped=1',
          });
      },
    ],
    [
      'version 1 writes none of them',
      { version: 'v1', database: 'd' },
      ({ lines: sent }, response) => {
        if (sent.some(isBad)) return json(response, 400, { error: "unable to parse 'rooms'" });
        keep(sent);
        response.writeHead(204).end();
      },
    ],
  ];
  it.each(servers)('%s', async (_, config, answer) => {
    const { url } = await influx(answer);
    const fault = await faultOf(await opened({ url, ...config }), payloads);
    const failed = failedIn(fault);
    expect(Object.keys(failed)).toEqual(['1', '5']);
    expect(Object.values(failed)[0]).toMatch(/invalid column type|field type conflict|unable to parse/);
    expect([...(fault as SomeFailed).failed.values()].every((each) => each instanceof InvalidMessage)).toBe(true);
    expect(stored.size).toBe(7);
  });

  it('what is no point does not even leave', async () => {
    const { url, came } = await influx(written);
    const fault = await faultOf(await opened({ url }), [rooms[0], 'text', { room: 'a', time: 'never' }, rooms[1]]);
    expect(Object.keys(failedIn(fault))).toEqual(['1', '2']);
    expect(came[0]!.lines).toEqual(lines);
  });

  it('a text with line breaks is not mistaken for several lines', async () => {
    const { url } = await influx(({ lines: sent }, response) => {
      const bad = sent.findIndex((line) => line.includes('bad'));
      if (bad < 0) return void response.writeHead(204).end();
      const data = [{ original_line: sent[bad], line_number: bad + 1, error_message: 'no' }];
      json(response, 400, { error: 'partial write of line protocol occurred', data });
    });
    const output = await opened({ url, version: 'v3', database: 'd' });
    const fault = await faultOf(output, [
      { text: 'one\ntwo', time: 1 },
      { bad: 1, time: 2 },
      { good: 1, time: 3 },
    ]);
    expect(Object.keys(failedIn(fault))).toEqual(['1']);
  });
});

describe('what is not the fault of a point waits', () => {
  it.each([
    [401, {}, 'it wants a token'],
    [403, {}, 'answered 403'],
    [404, {}, 'there is nothing at this path'],
    [429, { 'retry-after': '7' }, 'answered 429'],
    [500, {}, 'answered 500'],
    [503, { 'retry-after': '7' }, 'answered 503'],
    [301, { location: 'http://elsewhere.example/' }, 'it is to be found at http://elsewhere.example/'],
  ])('%d', async (status, headers, sentence) => {
    const { url } = await influx((_, response) => void response.writeHead(status, headers).end());
    const fault = await faultOf(await opened({ url }), rooms);
    expect(fault).toBeInstanceOf(TransientFault);
    expect((fault as TransientFault).message).toContain(sentence);
    if ('retry-after' in headers) expect((fault as TransientFault).afterMs).toBe(7000);
  });

  it('a server that is not there, or ends in the middle', async () => {
    const gone = await opened({ url: 'http://127.0.0.1:1' });
    expect(await faultOf(gone, rooms)).toBeInstanceOf(TransientFault);
    const { url } = await influx((_, response) => response.destroy());
    expect(await faultOf(await opened({ url }), rooms)).toBeInstanceOf(TransientFault);
  });

  it('what comes behind it waits with it, and what was written before is done', async () => {
    let calls = 0;
    const { url } = await influx((_, response) => void response.writeHead((calls += 1) === 2 ? 503 : 204).end());
    const output = await opened({ url, batch: 2 });
    const fault = await faultOf(
      output,
      Array.from({ length: 6 }, (_, n) => ({ n, time: n })),
    );
    expect(Object.keys(failedIn(fault))).toEqual(['2', '3', '4', '5']);
    expect(calls).toBe(2);
  });
});

describe('settings', () => {
  const wrong = (config: Record<string, unknown>): string[] =>
    influxOutputDefinition.config
      .safeParse({ url: 'http://influx:8086', ...config })
      .error?.issues.map(({ path }) => path.join('.')) ?? [];
  it.each([
    [{}, ['org', 'bucket']],
    [{ org: 'o', bucket: 'b' }, []],
    [{ version: 'v3' }, ['database']],
    [{ version: 'v1', database: 'd', username: 'u' }, []],
    [{ org: 'o', bucket: 'b', username: 'u' }, ['username']],
    [{ org: 'o', bucket: 'b', url: 'influx:8086' }, ['url']],
  ])('%j: %j is wrong', (config, places) => expect(wrong(config)).toEqual(places));
});

it('says what is there when it is asked', async () => {
  const { url } = await influx(
    (_, response) => void response.writeHead(204, { 'x-influxdb-version': 'v2.7.10' }).end(),
  );
  const config = influxOutputDefinition.config.parse({ url, org: 'o', bucket: 'b' });
  const given = { config, signal: AbortSignal.timeout(10_000) } as Parameters<typeof probe>[0];
  expect(await probe(given)).toBe(`The server at ${new URL(url).host} is there: InfluxDB v2.7.10`);
});
