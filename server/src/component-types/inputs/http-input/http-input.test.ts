import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../component-kit/testing/certificates.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import type { Parked } from '../../../engine/parking.ts';
import { httpOutput } from '../../outputs/http-output/http-output.component.ts';
import { httpInput } from './http-input.component.ts';

const run = promisify(execFile);
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const opened = async (
  config: Record<string, unknown> = {},
  world: Parameters<typeof rehearse>[2] = {},
): Promise<Rehearsal> => {
  const input = rehearse(httpInput, { host: '127.0.0.1', port: 0, ...config }, world);
  await input.open();
  ended.push(() => input.close());
  return input;
};
const addressOf = (input: Rehearsal, path = '/'): string =>
  `http://127.0.0.1:${String(input.facts()['listening'])}${path}`;

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly accepted?: number; readonly detail?: string };
}
const send = async (
  input: Rehearsal,
  body: string | Buffer,
  headers: Record<string, string> = {},
  more: { readonly path?: string; readonly method?: string } = {},
): Promise<Answered> => {
  const answer = await fetch(addressOf(input, more.path), {
    method: more.method ?? 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : (JSON.parse(text) as never) };
};

/** Says bytes by a plain line; resolves with all that is answered until the line ends, or no more comes. */
const speak = async (input: Rehearsal, bytes: string, quietMs = 0): Promise<string> =>
  new Promise((resolve) => {
    const line = connect(Number(input.facts()['listening']), '127.0.0.1');
    let answer = '';
    line.on('data', (chunk) => {
      answer += chunk.toString();
      if (quietMs > 0) setTimeout(() => line.destroy(), quietMs);
    });
    line.on('error', () => undefined);
    line.on('close', () => resolve(answer));
    line.write(bytes);
  });

describe('bodies', () => {
  it.each<[string, string | Buffer, string | undefined, unknown[]]>([
    ['json', '{"a":1}', 'application/json', [{ a: 1 }]],
    ['json', '{"a":1}', 'application/x-www-form-urlencoded', [{ a: 1 }]],
    ['json', '[{"a":1},{"a":2}]', 'application/json; charset=utf-8', [[{ a: 1 }, { a: 2 }]]],
    ['json', '{"id":"urn"}', 'application/cloudevents+json', [{ id: 'urn' }]],
    ['json', '', undefined, []],
    ['json_lines', '{"a":1}\n\n{"a":2}\r\n{"a":3}', 'application/x-ndjson', [{ a: 1 }, { a: 2 }, { a: 3 }]],
    ['json_array', '[{"a":1}, 2, "x", [3]]', 'application/json', [{ a: 1 }, 2, 'x', [3]]],
    ['json_array', ' { "a": 1 } ', 'application/json', [{ a: 1 }]],
    ['json_array', '[]', 'application/json', []],
    ['form', 'a=1&b=x+y%26z&a=2&__proto__=p', 'application/x-www-form-urlencoded', [{ a: ['1', '2'], b: 'x y&z' }]],
    ['text', 'grüße', 'text/plain', [{ text: 'grüße', from: '127.0.0.1' }]],
    ['bytes', Buffer.from([0, 255]), 'image/png', [{ data: 'AP8=', from: '127.0.0.1' }]],
    ['by_type', '{"a":1}\n{"a":2}', 'application/x-ndjson', [{ a: 1 }, { a: 2 }]],
    ['by_type', 'a=1', 'application/x-www-form-urlencoded', [{ a: '1' }]],
  ])('of %s: %j as %s', async (format, body, type, expected) => {
    const input = await opened({ format });
    const answer = await send(input, body, type === undefined ? {} : { 'content-type': type });
    expect([answer.status, answer.body.accepted]).toEqual([202, expected.length]);
    expect(JSON.parse(JSON.stringify(input.payloads()))).toMatchObject(expected);
    expect(input.payloads()).toHaveLength(expected.length);
    expect(input.invalid).toEqual([]);
  });

  it('keep integers beyond 2^53, also as elements of a list', async () => {
    const input = await opened({ format: 'json_array' });
    await send(input, '[{"id":9007199254740993}]');
    expect(input.emitted.map(({ json }) => json)).toEqual(['{"id":9007199254740993}']);
  });

  it.each<[string, string, string, number, string]>([
    ['json', '{"a":', 'application/json', 400, 'no JSON: "{\\"a\\":"'],
    ['json_lines', '{"a":1}\n{"b"\n', 'application/x-ndjson', 400, 'message 2 of the body: no JSON: "{\\"b\\""'],
    ['json_array', '[{"a":1}, {"b"]', 'application/json', 400, 'no JSON: "[{\\"a\\":1}, {\\"b\\"]"'],
    ['json', '<a/>', 'application/xml', 415, 'a body of type "application/xml" is not taken here: "format" is "json"'],
    ['form', '{}', 'application/json', 415, 'a body of type "application/json" is not taken here: "format" is "form"'],
  ])('of %s that are none are refused whole: %j', async (format, body, type, status, detail) => {
    const input = await opened({ format });
    const answer = await send(input, body, { 'content-type': type });
    expect([answer.status, answer.body.detail]).toEqual([status, detail]);
    expect(input.emitted).toEqual([]);
    expect(input.invalid).toEqual(status === 400 ? [detail] : []);
    expect(input.facts()).toMatchObject({ refused: 1, last_refusal: `127.0.0.1: ${status} ${detail}` });
  });

  it('may be packed by gzip, and are bounded when they are unpacked', async () => {
    const input = await opened({ max_body: '1KB' });
    const gzip = { 'content-encoding': 'gzip' };
    expect((await send(input, gzipSync('{"a":1}'), gzip)).status).toBe(202);
    expect((await send(input, gzipSync(`"${'x'.repeat(2000)}"`), gzip)).status).toBe(413);
    expect((await send(input, gzipSync(Buffer.alloc(50_000_000)).subarray(0, 1000), gzip)).status).toBe(413);
    expect((await send(input, 'no gzip', gzip)).body.detail).toBe('the body is no gzip, or was cut');
    const brotli = await send(input, '{}', { 'content-encoding': 'br' });
    expect([brotli.status, brotli.headers.get('accept-encoding')]).toEqual([415, 'gzip']);
    expect(input.payloads()).toEqual([{ a: 1 }]);
  });

  it('that are too large are refused before they are sent, and when they tell no length', async () => {
    const input = await opened({ max_body: '1KB' });
    const { stdout } = await run('curl', [
      ...['-sS', '-w', '%{http_code} %{size_upload}', '-o', '/dev/null', '-H', 'Expect: 100-continue'],
      ...['-d', 'x'.repeat(100_000), addressOf(input)],
    ]);
    expect(stdout).toBe('413 0');
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const answer = await speak(
      input,
      `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*"detail":"a body may have 1024 bytes here, also when it is unpacked"/);
    expect(input.emitted).toEqual([]);
  });
});

describe('who may send', () => {
  it('shows the token, in the header that is named', async () => {
    const input = await opened({ token: 'abcd' });
    const said = async (authorization?: string) =>
      (await send(input, '{}', authorization === undefined ? {} : { authorization })).status;
    expect([await said(), await said('Bearer abce'), await said('abcd'), await said('Bearer abcd')]).toEqual([
      401, 401, 401, 202,
    ]);
    const gitlab = await opened({ token: 'abcd', token_header: 'X-Gitlab-Token' });
    expect((await send(gitlab, '{}', { 'x-gitlab-token': 'abcd' })).status).toBe(202);
    expect((await send(gitlab, '{}', { authorization: 'Bearer abcd' })).status).toBe(401);
  });

  it('signs the body as it was sent, to the byte', async () => {
    // the example of GitHub's documentation
    const input = await opened({ signed: 'sha256', signing_key: "It's a Secret to Everybody", format: 'text' });
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const said = async (body: string, shown: string) =>
      (await send(input, body, { 'content-type': 'text/plain', 'x-hub-signature-256': shown })).status;
    expect(await said('Hello, World!', signature)).toBe(202);
    expect(await said('Hello, World! ', signature)).toBe(401);
    expect(await said('Hello, World!', signature.replace('sha256=', ''))).toBe(401);
    expect(await said('Hello, World!', 'sha256=')).toBe(401);
    expect(await said('Hello, World!', `${signature}00`)).toBe(401);
    expect(input.emitted).toHaveLength(1);
  });

  it('signs in base64 under another header, and packs after that or before', async () => {
    const config = { signature_header: 'X-Shopify-Hmac-Sha256', signature_prefix: '', signature_encoding: 'base64' };
    const input = await opened({ signed: 'sha256', signing_key: 'key', ...config });
    const body = gzipSync('{"a":1}');
    const signature = createHmac('sha256', 'key').update(body).digest('base64');
    const answer = await send(input, body, { 'content-encoding': 'gzip', 'x-shopify-hmac-sha256': signature });
    expect([answer.status, input.payloads()]).toEqual([202, [{ a: 1 }]]);
  });

  it('is no page of another place, uses a method that is taken, and a path that is there', async () => {
    const input = await opened({ path: '/in', methods: ['POST', 'PUT'] });
    expect((await send(input, '{}', { origin: 'https://elsewhere.example' }, { path: '/in' })).status).toBe(403);
    expect((await send(input, '{}', {}, { path: '/in/?x=1' })).status).toBe(202);
    expect((await send(input, '{}', {}, { path: '/in', method: 'PUT' })).status).toBe(202);
    expect((await send(input, '{}', {}, { path: '/' })).status).toBe(404);
    const patched = await send(input, '{}', {}, { path: '/in', method: 'PATCH' });
    expect([patched.status, patched.headers.get('allow')]).toEqual([405, 'POST, PUT']);
    expect((await fetch(addressOf(input, '/in'))).status).toBe(405);
  });

  it('is a page of another place where that is allowed: its browser is told so', async () => {
    const origin = 'https://control.example';
    const input = await opened({ allowed_origins: [origin] });
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    const ask = async (from: string) =>
      fetch(addressOf(input), { method: 'OPTIONS', headers: { origin: from, ...asked } });
    const allowed = await ask(origin);
    expect([
      allowed.status,
      ...['origin', 'methods', 'headers'].map((name) => allowed.headers.get(`access-control-allow-${name}`)),
    ]).toEqual([204, origin, 'POST', 'authorization']);
    expect((await ask('https://elsewhere.example')).status).toBe(403);
    expect((await send(input, '{}', { origin })).headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('speaks TLS, and shows a certificate where that is asked for', async () => {
    const made = makeCertificates();
    ended.push(() => made.remove());
    made.authority('ours');
    made.authority('theirs');
    for (const name of ['server', 'client']) made.signed(name, 'ours');
    made.signed('stranger', 'theirs');
    const shown = (name: string) => ({ cert_file: made.file(`${name}.crt`), key_file: made.file(`${name}.key`) });
    const input = await opened({ ...shown('server'), ca_file: made.file('ours.crt') });
    const url = addressOf(input).replace('http:', 'https:');
    const curl = async (...words: string[]): Promise<string> =>
      run('curl', [
        '-sS',
        '-m',
        '20',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-d',
        '{"by":"curl"}',
        ...words,
        url,
      ]).then(
        ({ stdout }) => stdout,
        () => 'cut off',
      );
    const trusting = ['--cacert', made.file('ours.crt')];
    const as = (name: string) => ['--cert', made.file(`${name}.crt`), '--key', made.file(`${name}.key`)];
    expect(await curl(...trusting, ...as('client'))).toBe('202');
    expect([await curl(...trusting), await curl(...trusting, ...as('stranger')), await curl(...as('client'))]).toEqual([
      'cut off',
      'cut off',
      'cut off',
    ]);
    const plain = await speak(input, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}');
    expect(plain).toBe('');
    const client = execFile('openssl', [
      ...['s_client', '-quiet', '-connect', `127.0.0.1:${String(input.facts()['listening'])}`],
      ...['-CAfile', made.file('ours.crt'), '-cert', made.file('client.crt'), '-key', made.file('client.key')],
    ]);
    client.stdin!.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 16\r\n\r\n{"by":"openssl"}');
    const said = new Promise<string>((resolve) => client.stdout!.once('data', (chunk) => resolve(String(chunk))));
    expect(await said).toMatch(/^HTTP\/1.1 202 /);
    client.kill();
    const output = rehearse(httpOutput, { url, ...shown('client'), ca_file: made.file('ours.crt') });
    await output.open();
    await output.feed([{ by: 'http_output' }]);
    await output.close();
    expect(input.payloads()).toEqual([{ by: 'curl' }, { by: 'openssl' }, { by: 'http_output' }]);
  });

  it('leaves the headers that are asked for', async () => {
    const input = await opened({ headers: ['X-Device', 'X-Missing'] });
    await send(input, '{}', { 'x-device': 'd1', 'x-other': 'o' });
    expect(input.emitted[0]!.headers).toEqual({ address: '127.0.0.1', 'x-device': 'd1' });
  });
});

describe('when it is answered', () => {
  it('only when the messages are safe, and with 429 beyond what may wait', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const input = await opened({ max_requests: 3 }, { emit: async () => gate });
    let answered = 0;
    const first = [1, 2, 3].map(async (n) => {
      const { status } = await send(input, `{"n":${n}}`);
      answered += 1;
      return status;
    });
    await until('all three wait', () => input.facts()['waiting'] === 3);
    const fourth = await send(input, '{"n":4}');
    expect([fourth.status, fourth.headers.get('retry-after'), answered]).toEqual([429, '1', 0]);
    release();
    expect(await Promise.all(first)).toEqual([202, 202, 202]);
    expect((await send(input, '{"n":4}')).status).toBe(202);
    expect(input.emitted).toHaveLength(4);
  });

  it('with 429 to one address that has as many as it may have', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const input = await opened({ max_requests: 16 }, { emit: async () => gate });
    const first = Array.from({ length: 14 }, async () => (await send(input, '{}')).status);
    await until('they wait', () => input.facts()['waiting'] === 14);
    expect((await send(input, '{}')).status).toBe(429);
    const other = await run('curl', [
      ...['-sS', '--interface', '127.0.0.2', '-m', '1', '-o', '/dev/null', '-d', '{}', addressOf(input)],
    ]).catch((thrown: { code: number }) => thrown.code);
    // it is let in, and waits until curl gives up
    expect(other).toBe(28);
    release();
    expect(new Set(await Promise.all(first))).toEqual(new Set([202]));
  });

  it('with 429 where there is no room for more bytes, though one body alone may be larger', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const input = await opened({ max_waiting: '1KB' }, { emit: async () => gate });
    const large = JSON.stringify('x'.repeat(2000));
    const first = send(input, large);
    await until('it waits', () => input.facts()['waiting'] === 1);
    expect((await send(input, '{}')).status).toBe(429);
    release();
    expect((await first).status).toBe(202);
    expect((await send(input, '{}')).status).toBe(202);
  });

  it('with 503 where they are not safe in time; who sends it again with its key is answered when they are', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const input = await opened({ timeout: '50ms' }, { emit: async () => gate });
    const key = { 'idempotency-key': 'k1' };
    const late = await send(input, '{"a":1}', key);
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
    release();
    await until('it is through', () => input.emitted.length === 1);
    expect((await send(input, '{"a":1}', key)).status).toBe(202);
    expect([input.payloads(), input.facts()['repeated']]).toEqual([[{ a: 1 }], 1]);
  });

  it('with 408 where the body does not come, and others are served meanwhile', async () => {
    const input = await opened({ timeout: '200ms' });
    const slow = speak(input, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"a"');
    expect((await send(input, '{"b":1}')).status).toBe(202);
    expect(await slow).toMatch(/^HTTP\/1.1 408 [^]*the body did not come within 0.2 s/);
    expect(input.payloads()).toEqual([{ b: 1 }]);
  });

  it('with what is set, where a sender wants that', async () => {
    const input = await opened({ answer: 204 });
    const answer = await send(input, '{}');
    expect([answer.status, answer.body]).toEqual([204, {}]);
  });
});

describe('what comes again', () => {
  it('with its key comes once, and another body under the key is refused', async () => {
    const input = await opened();
    const key = { 'idempotency-key': 'order-1' };
    const [one, again, other] = [
      await send(input, '{"n":1}', key),
      await send(input, '{"n":1}', key),
      await send(input, '{"n":2}', key),
    ];
    expect([one.status, again.status, other.status]).toEqual([202, 202, 422]);
    expect(other.body.detail).toBe('this key was used for another request');
    expect(input.payloads()).toEqual([{ n: 1 }]);
    expect(input.emitted[0]!.position).toMatchObject({
      source: expect.stringMatching(/^tested\/key-[\w-]{22}$/),
      sequence: 1,
    });
  });

  it('of another SemStreams is known by its numbers, however it is cut into requests', async () => {
    const input = await opened({ format: 'json_lines' });
    const sent = async (numbers: string, ...values: number[]) =>
      (await send(input, values.map((n) => `{"n":${n}}\n`).join(''), { 'semstreams-messages': numbers })).status;
    expect(await sent('r1:1-3', 1, 2, 3)).toBe(202);
    expect(await sent('r1:2-4', 2, 3, 4)).toBe(202);
    expect(await sent('r1:6,r2:1', 6, 21)).toBe(202);
    expect(await sent('r1:4-7', 4, 5, 6, 7)).toBe(202);
    expect(await sent('r1:8', 8, 9)).toBe(400);
    expect(input.payloads().map((each) => (each as { n: number }).n)).toEqual([1, 2, 3, 4, 6, 21, 7]);
    expect(input.facts()['repeated']).toBe(5);
  });
});

describe('a port', () => {
  it('serves several paths, each of a component of its own, and one of them can go', async () => {
    const free = await opened();
    const port = Number(free.facts()['listening']);
    await ended.pop()!();
    const one = await opened({ port, path: '/one' });
    const other = await opened({ port, path: '/other' });
    await expect(opened({ port, path: '/one/' })).rejects.toThrow(
      `"/one/" on port ${port} belongs to "tested" of flow "rehearsal" already: give one of them another path`,
    );
    expect((await send(one, '{"n":1}', {}, { path: '/one' })).status).toBe(202);
    expect((await send(one, '{"n":2}', {}, { path: '/other' })).status).toBe(202);
    await one.close();
    expect((await send(other, '{"n":3}', {}, { path: '/other' })).status).toBe(202);
    const gone = await send(other, '{"n":4}', {}, { path: '/one' });
    expect([gone.status, gone.headers.get('retry-after'), gone.body.detail]).toEqual([
      503,
      '5',
      'the flow of this path does not run now',
    ]);
    expect((await send(other, '{"n":4}', {}, { path: '/never' })).status).toBe(404);
    expect([one.payloads(), other.payloads()]).toEqual([[{ n: 1 }], [{ n: 2 }, { n: 3 }]]);
  });

  it('stays open while a flow is changed: requests wait for the next run', async () => {
    const place: { parked?: Parked | undefined } = {};
    const before = await opened({}, { place });
    const address = addressOf(before);
    expect((await send(before, '{"n":1}')).status).toBe(202);
    await before.close();
    const meanwhile = fetch(address, { method: 'POST', body: '{"n":2}' });
    const after = rehearse(httpInput, { host: '127.0.0.1', port: 0 }, { place });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await after.open();
    ended.push(async () => {
      delete (place as { parked?: unknown }).parked;
      await after.close();
      await place.parked?.end();
    });
    expect((await meanwhile).status).toBe(202);
    expect(after.payloads()).toEqual([{ n: 2 }]);
  });

  it('counts who speaks no HTTP, and is not held up by those who say nothing or never come to an end', async () => {
    const input = await opened();
    expect(await speak(input, '}{\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    await until('it is counted', () => input.drops['no_http'] === 1);
    expect(await speak(input, `POST / HTTP/1.1\r\n${'x-a: b\r\n'.repeat(5000)}`)).toMatch(/^HTTP\/1.1 431 /);
    expect(
      await speak(input, 'GET /chat HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    ).toMatch(/^HTTP\/1.1 400 /);
    const silent = Array.from({ length: 50 }, () => connect(Number(input.facts()['listening']), '127.0.0.1'));
    ended.push(() => silent.forEach((line) => line.destroy()));
    expect((await send(input, '{}')).status).toBe(202);
  });

  it('is given back in time though requests are under way: they are told to come again', async () => {
    const input = await opened({}, { emit: async () => new Promise<void>((resolve) => setTimeout(resolve, 100)) });
    const address = addressOf(input);
    const safe = send(input, '{"n":1}');
    const cut = fetch(address, {
      method: 'POST',
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"n":')) }),
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      () => 'cut off',
    );
    await until('both are under way', () => input.facts()['waiting'] === 2);
    await input.close();
    expect((await safe).status).toBe(202);
    expect([503, 'cut off']).toContain(await cut);
    await expect(fetch(address)).rejects.toThrow();
  });
});

it('needs no disk to listen, to share a port and to give it up; what a full one does not take is told later', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  ended.push(() => rmSync(dataDir, { recursive: true }));
  // in the place of the folder in which processes tell each other of their paths
  writeFileSync(join(dataDir, 'lanes'), '');
  const port = await freePort();
  const share = async (path: string) => opened({ port, path }, { dataDir });
  const first = await share('/a');
  const second = await share('/b');
  for (const [input, path] of [
    [first, '/a'],
    [second, '/b'],
  ] as const)
    expect((await send(input, '{"n":1}', {}, { path })).status).toBe(202);
  await second.close();
  const again = await share('/b');
  expect((await send(again, '{"n":2}', {}, { path: '/b' })).status).toBe(202);
  rmSync(join(dataDir, 'lanes'));
  const book = join(dataDir, 'lanes', 'http', `${port}-${process.pid}.json`);
  await until('the others are told', () => existsSync(book));
  expect((JSON.parse(readFileSync(book, 'utf8')) as { paths: string[] }).paths).toEqual(['/a', '/b']);
  for (const input of [first, again]) await input.close();
  await expect(fetch(`http://127.0.0.1:${port}/a`)).rejects.toThrow();
  expect(existsSync(book)).toBe(false);
});

const freePort = async (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
