import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Delete, Get, HttpException, Module, Param, Post, Query } from '@nestjs/common';
import { type Problem, problemKinds, type ProblemName, problemPage, problemType } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { AccessModule } from '../access/access.module.ts';
import { loadSettings } from '../config/load-settings.ts';
import { SettingsModule } from '../config/settings.module.ts';
import { settingsOf } from '../config/settings.ts';
import { NatsAway } from '../nats/connection/nats-away.ts';
import { wholeNumber, flag } from './address-words.ts';
import { createApp } from './create-app.ts';

const Asked = z.object({ limit: wholeNumber(z.int().min(1).max(10)).default(5), preview: flag });
const Given = z.strictObject({ name: z.string() });

@Controller('api/v1/things')
class Things {
  @Get()
  list(@Query({ schema: Asked }) asked: z.output<typeof Asked>) {
    return asked;
  }
  @Post()
  make(@Body({ schema: Given.optional() }) given: unknown) {
    return { given: given ?? 'nothing' };
  }
  @Post('needed')
  makeOne(@Body({ schema: Given }) given: unknown) {
    return { given };
  }
  @Post('raw')
  raw(@Body({ schema: z.unknown() }) given: unknown) {
    return { given };
  }
  @Get('away')
  away(): never {
    throw new NatsAway('NATS is away');
  }
  @Get('teapot')
  teapot(): never {
    throw new HttpException('it is a teapot', 418);
  }
  @Get(':number')
  get(@Param('number', { schema: wholeNumber(z.int().min(1)) }) number: number) {
    return { number };
  }
  @Delete(':number')
  remove(@Param('number') number: string) {
    return { removed: number };
  }
}
@Controller()
class Metrics {
  @Get('metrics')
  metrics(): string {
    return 'numbers';
  }
}
@Module({ controllers: [Things, Metrics] })
class ThingsModule {}

const things = '/api/v1/things';
const folder = mkdtempSync(join(tmpdir(), 'semstreams-requests-'));
const errors: unknown[] = [];
const silent = () => undefined;
const log = { log: silent, warn: silent, error: (line: unknown) => void errors.push(line) };
let app: NestFastifyApplication;
let port: number;

beforeAll(async () => {
  const environment = { SEMSTREAMS_SECRETS_DIR: '', SEMSTREAMS_DATA_DIR: folder, SEMSTREAMS_METRICS_PATH: '/numbers' };
  const settings = settingsOf(loadSettings(environment, undefined, () => '').values);
  app = await createApp({ module: ThingsModule, imports: [SettingsModule.of(settings), AccessModule] }, settings, log);
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
}

/** Status and what it says: of a problem its detail. */
const told = async (url: string, { method = 'GET', headers = {}, payload }: Sent = {}) => {
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: { host: `127.0.0.1:${port}`, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const { 'content-type': type = '' } = answer.headers;
  const body: unknown = String(type).includes('json') ? answer.json() : answer.body;
  const isProblem = String(type).startsWith('application/problem+json');
  const said = isProblem ? (body as { detail: string }).detail : body;
  return { status: answer.statusCode, said, headers: answer.headers, isProblem };
};
const json = { 'content-type': 'application/json' };
const sent = async (payload: string | Buffer, headers: Record<string, string> = json, path = `${things}/raw`) =>
  told(path, { method: 'POST', headers, payload });

describe('an address', () => {
  it.each<[string, number, unknown]>([
    [`${things}?limit=3&preview=true`, 200, { limit: 3, preview: true }],
    [`${things}/?limit=3`, 200, { limit: 3, preview: false }],
    [`${things}?limt=3`, 400, 'there is no query parameter "limt" here: did you mean "limit"?'],
    [`${things}?xyzzy=3`, 400, 'there is no query parameter "xyzzy" here: there are limit, preview'],
    [`${things}?limit=3&__proto__=1`, 400, 'there is no query parameter "__proto__" here: there are limit, preview'],
    [`${things}?limit=3&limit=4`, 400, expect.stringContaining('limit: ')],
    [`${things}?preview=1`, 400, expect.stringContaining('preview: ')],
    [`${things}?preview`, 400, expect.stringContaining('preview: ')],
    [`${things}?preview=%zz`, 400, 'the address is not percent-encoded as it should be'],
    [`${things}?preview=true%`, 400, 'the address is not percent-encoded as it should be'],
    [`${things}?%ed%a0%80=1`, 400, 'the address is not percent-encoded as it should be'],
    [`${things}/7`, 200, { number: 7 }],
    [`${things}/7?limit=1`, 400, 'there is no query parameter "limit" here: this address takes none'],
    ['/metrics?x=1', 400, 'there is no query parameter "x" here: this address takes none'],
    ['/numbers?x=1', 400, 'there is no query parameter "x" here: this address takes none'],
    ['/numbers', 200, 'numbers'],
  ])('%s is answered by %i', async (url, status, said) => {
    expect(await told(url)).toMatchObject({ status, said, isProblem: status >= 400 });
  });

  it.each(['0x5', '1e0', '', '%20', '5%20', '+5', '-5', '5.0', '05e', 'Infinity', 'NaN', '99999999999999999'])(
    'has no number %j',
    async (word) => {
      expect(await told(`${things}?limit=${word}`)).toMatchObject({ status: 400, isProblem: true });
      if (word !== '') expect(await told(`${things}/${word}`)).toMatchObject({ status: 400, isProblem: true });
    },
  );

  it.each<[string, string, number, string | undefined]>([
    ['PATCH', things, 405, 'GET, HEAD, POST, OPTIONS'],
    ['PUT', `${things}/`, 405, 'GET, HEAD, POST, OPTIONS'],
    ['GET', `${things}/raw/x`, 404, undefined],
    ['PUT', `${things}/raw`, 405, 'POST, GET, HEAD, DELETE, OPTIONS'],
    ['OPTIONS', things, 204, 'GET, HEAD, POST, OPTIONS'],
    ['OPTIONS', '/api/v1/other', 404, undefined],
    ['POST', '/metrics', 405, 'GET, HEAD, OPTIONS'],
    ['POST', '/', 405, 'GET, HEAD, OPTIONS'],
    ['POST', '/no/such/route', 404, undefined],
    ['PROPFIND', things, 405, 'GET, HEAD, POST, OPTIONS'],
    ['GET', '/api', 404, undefined],
    ['GET', '/api/v1', 404, undefined],
    ['GET', '/API/v1/things', 404, undefined],
    ['GET', '/%61pi/v2', 404, undefined],
    ['GET', '//api/v1/things', 404, undefined],
    ['GET', '/api//v1/things', 404, undefined],
    ['GET', '/%2Fapi/v1/things', 404, undefined],
    ['GET', '/assets/old-1234.js', 404, undefined],
    ['GET', '/old.js', 404, undefined],
    ['GET', '/flows//', 404, undefined],
    ['GET', '/Health', 404, undefined],
    ['GET', '/api/docs/nothing.js', 404, undefined],
    ['GET', '/api/%zz', 400, undefined],
    ['GET', `${things}/${'7'.repeat(300)}`, 414, undefined],
  ])('%s %s is answered by %i, and says what it takes', async (method, url, status, allow) => {
    const answer = await told(url, { method });
    expect([answer.status, answer.headers['allow']]).toEqual([status, allow]);
    expect(answer.isProblem).toBe(status !== 204);
  });
});

describe('a body', () => {
  it.each<[string, Buffer | string, Record<string, string>, number, unknown]>([
    ['plain', '{"a":1}', json, 201, { given: { a: 1 } }],
    ['with a mark of UTF-8', '\ufeff{"a":1}', json, 201, { given: { a: 1 } }],
    [
      'in UTF-8, said so',
      '{"a":"ä"}',
      { 'content-type': 'application/json; charset="UTF-8"' },
      201,
      { given: { a: 'ä' } },
    ],
    ['packed', gzipSync('{"a":1}'), { ...json, 'content-encoding': 'gzip' }, 201, { given: { a: 1 } }],
    [
      'packed, and not',
      '{"a":1}',
      { ...json, 'content-encoding': 'gzip' },
      400,
      'the body is not packed by gzip as its head says',
    ],
    [
      'half packed',
      gzipSync('{"a":1}').subarray(0, 15),
      { ...json, 'content-encoding': 'gzip' },
      400,
      'the body ends before what is packed in it does',
    ],
    [
      'packed into little',
      gzipSync(Buffer.alloc(20_000_000, ' ')),
      { ...json, 'content-encoding': 'gzip' },
      413,
      'the body is larger than 4 MB',
    ],
    ['packed otherwise', '{}', { ...json, 'content-encoding': 'br' }, 415, expect.stringContaining('"br"')],
    [
      'an archive, packed',
      gzipSync('x'),
      { 'content-type': 'application/x-tar', 'content-encoding': 'gzip' },
      415,
      expect.stringContaining('as it is'),
    ],
    [
      'in Latin-1',
      '{}',
      { 'content-type': 'application/json; charset=iso-8859-1' },
      415,
      expect.stringContaining('"iso-8859-1"'),
    ],
    ['that is no UTF-8', Buffer.from([0x22, 0xe4, 0x22]), json, 400, 'the body is no UTF-8'],
    ['in UTF-16', Buffer.from('\ufeff{}', 'utf16le'), json, 400, 'the body is no UTF-8'],
    ['that is no JSON', '{"a":}', json, 400, expect.stringMatching(/^the body is no JSON: /)],
    [
      'with a name of objects',
      '{"a":[{},{"__proto__":{}}]}',
      json,
      400,
      'the body does not fit: a[1].__proto__: no field may be named "__proto__"',
    ],
    [
      'with a name twice',
      '{"a":{"b":1,"\\u0062":2}}',
      json,
      400,
      'the body does not fit: a.b: it is there twice in one object: keep one of them',
    ],
    [
      'with half a character',
      '{"a":["x","\\ud800"]}',
      json,
      400,
      expect.stringMatching(/^the body does not fit: a\[1\]: it holds half a character/),
    ],
    ['with half a character in a name', '{"\\udc00":1}', json, 400, expect.stringContaining('half a character')],
    [
      'with whole characters',
      '{"a":"\\ud83d\\ude00","b":{"a":[{"a":1},{"a":",{"}]}}',
      json,
      201,
      { given: { a: '😀', b: { a: [{ a: 1 }, { a: ',{' }] } } },
    ],
    [
      'of a form',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      expect.stringContaining('application/json'),
    ],
    ['of bytes', 'a', { 'content-type': 'application/octet-stream' }, 415, expect.stringContaining('application/json')],
  ])('%s', async (_, payload, headers, status, said) => {
    expect(await sent(payload, headers)).toMatchObject({ status, said, isProblem: status >= 400 });
  });

  it.each(['POST', 'DELETE'])('need not be there for %s, whatever type it would be of', async (method) => {
    const url = method === 'POST' ? things : `${things}/7`;
    const types = ['application/x-www-form-urlencoded', 'text/plain', 'application/yaml', 'bananas'];
    const others = types.map((type) => ({ 'content-type': type, 'content-length': '0' }));
    for (const headers of [json, { ...json, 'content-length': '0' }, {}, ...others])
      expect((await told(url, { method, headers })).status).toBeLessThan(300);
  });

  it.each([
    ['null', 201, { given: 'nothing' }],
    [' null\n', 201, { given: 'nothing' }],
    ['{"name":null}', 400, expect.stringContaining('name: ')],
    ['[null]', 400, expect.stringContaining('body: ')],
    ['""', 400, expect.stringContaining('body: ')],
    ['false', 400, expect.stringContaining('body: ')],
    ['0', 400, expect.stringContaining('body: ')],
  ])('that may be left out may be null, and nothing else: %j', async (payload, status, said) => {
    expect(await sent(payload, json, things)).toMatchObject({ status, said });
  });

  it('that is needed may not be null, and that may be anything is null', async () => {
    expect(await sent('null', json, `${things}/needed`)).toMatchObject({ status: 400, isProblem: true });
    expect(await sent('null')).toMatchObject({ status: 201, said: { given: null } });
  });

  it('that breaks off is no error of the server', async () => {
    const met = once(app.getHttpServer() as Server, 'connection') as Promise<Socket[]>;
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(
      `POST ${things} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
    );
    const [theirs] = await met;
    await vi.waitUntil(() => theirs!.bytesRead > 100, 30_000);
    socket.destroy();
    await vi.waitUntil(() => theirs!.destroyed, 30_000);
    expect((await told(things)).status).toBe(200);
    expect(errors).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([things, '/metrics', '/api/v1/nothing', '/api/docs/openapi.json', '/api/%zz'])(
    'to %s is not kept by anybody',
    async (url) => expect((await told(url)).headers['cache-control']).toBe('no-store'),
  );

  it('that says "not now" says when', async () => {
    expect((await told(`${things}/away`)).headers).toMatchObject({ 'retry-after': '5' });
  });
});

/** The answer to a request as it is on the line. */
const onTheLine = async (head: string): Promise<string> => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.setEncoding('utf8').write(`${head}\r\nConnection: close\r\n\r\n`);
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said;
};

describe('a request that nobody sends by an ordinary client', () => {
  it.each<[string, number, ProblemName | undefined]>([
    [`GET ${things} HTTP/1.1`, 400, 'wrong-request'],
    [`GET ${things} HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: localhost`, 400, 'wrong-request'],
    [`GET ${things} HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: bananas`, 417, 'other-expectation'],
    ['CONNECT elsewhere.example:80 HTTP/1.1\r\nHost: 127.0.0.1', 405, 'other-method'],
    ['TRACE /metrics HTTP/1.1\r\nHost: 127.0.0.1', 405, 'other-method'],
    ['PRI * HTTP/2.0', 400, 'wrong-request'],
    ['OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1', 204, undefined],
    [`GET http://127.0.0.1${things} HTTP/1.1\r\nHost: 127.0.0.1`, 200, undefined],
    [`GET ${things} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-1`, 200, undefined],
  ])('%j is answered in full', async (head, status, name) => {
    const said = await onTheLine(head);
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (name !== undefined) expect(said).toMatch(new RegExp(`application/problem\\+json[^]*"${problemType(name)}"`));
  });

  it('that waits for "100 Continue" gets it', async () => {
    const said = await onTheLine(
      `POST ${things} HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 0`,
    );
    expect(said).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 201 /);
  });
});

describe('a problem', () => {
  const typeOf = async (url: string, { method = 'GET', headers = {}, payload }: Sent = {}) => {
    const host = { host: `127.0.0.1:${port}` };
    const given = { method: method as 'GET', url, headers: { ...host, ...headers } };
    return (await app.inject({ ...given, ...(payload === undefined ? {} : { payload }) })).json() as Problem;
  };
  it.each<[string, Sent, ProblemName]>([
    [`${things}?limt=3`, {}, 'wrong-request'],
    ['/api/%zz', {}, 'wrong-request'],
    [things, { headers: { origin: 'http://elsewhere.example' }, method: 'POST' }, 'foreign-page'],
    ['/api/v1/nothing', {}, 'not-found'],
    [things, { method: 'PATCH' }, 'other-method'],
    [`${things}/raw`, { method: 'POST', headers: json, payload: Buffer.alloc(5_000_000, ' ') }, 'too-large'],
    [`${things}/${'9'.repeat(300)}`, {}, 'too-long-an-address'],
    [`${things}/raw`, { method: 'POST', headers: { 'content-type': 'text/html' }, payload: 'a' }, 'other-content'],
    [`${things}/raw`, { method: 'POST', headers: json, payload: '['.repeat(9999) }, 'unusable'],
    [`${things}/away`, {}, 'away'],
    [`${things}/teapot`, {}, 'wrong-request'],
  ])('at %s is of a kind of its own', async (url, request, name) => {
    const { status, title } = problemKinds[name];
    expect(await typeOf(url, request)).toMatchObject({ type: problemType(name), status, title });
  });

  it('leads to a page of the server that says what it means', async () => {
    const { body, headers } = await app.inject({ url: problemPage, headers: { host: `127.0.0.1:${port}` } });
    expect(headers['content-type']).toContain('text/html');
    for (const name of Object.keys(problemKinds)) expect(body).toContain(`id="${name}"`);
  });
});
