import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { smallDisk } from '../../../component-kit/testing/small-disk.ts';
import { loadProbe } from '../../../catalogue/load-definition.ts';
import { httpPollInput } from './http-poll-input.component.ts';
import { httpPollInputDefinition } from './http-poll-input.definition.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

type Answering = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A web service that answers as it is told; `count` is how often it was asked before. */
const service = async (answer: Answering) => {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response, asked.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
};

/** Answers with one value after the other, and the last one again and again. */
const inTurn =
  (...values: unknown[]): Answering =>
  (_, response, count) =>
    void response.end(JSON.stringify(values[Math.min(count, values.length - 1)]));

const polling = async (config: Record<string, unknown>, dataDir?: string): Promise<Rehearsal> => {
  const input = rehearse(httpPollInput, { every: '10ms', ...config }, dataDir === undefined ? {} : { dataDir });
  await input.open();
  ended.push(() => input.close());
  return input;
};
const asOften = async (asked: readonly unknown[], times: number): Promise<void> =>
  until(`it is asked ${times} times`, () => asked.length >= times);

describe('what becomes a message', () => {
  it.each<[string, Record<string, unknown>, string, unknown[]]>([
    ['one value', {}, '{"a":1}', [{ a: 1 }]],
    ['each element of a list', {}, '[{"a":1},2]', [{ a: 1 }, 2]],
    [
      'each element of a list within it',
      { records: 'data.items' },
      '{"data":{"items":[{"a":1},{"a":2}]}}',
      [{ a: 1 }, { a: 2 }],
    ],
    ['a value within it', { records: 'state' }, '{"state":{"on":true}}', [{ on: true }]],
    ['each line', { format: 'json_lines' }, '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['a text', { format: 'text' }, 'grüße', [{ text: 'grüße' }]],
    ['no element of an empty list', {}, '[]', []],
  ])('%s', async (_, config, answer, expected) => {
    const { url, asked } = await service((__, response) => void response.end(answer));
    const input = await polling({ url, ...config });
    await asOften(asked, 3);
    await until('it is taken', () => input.emitted.length >= expected.length);
    expect(input.payloads().slice(0, expected.length)).toEqual(expected);
    expect(input.invalid).toEqual([]);
  });

  it('keeps integers beyond 2^53, and unpacks', async () => {
    const { url } = await service((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.setHeader('content-encoding', 'gzip').end(gzipSync('[{"id":9007199254740993}]'));
    });
    const input = await polling({ url });
    await until('it is taken', () => input.emitted.length > 0);
    expect(input.emitted[0]!.json).toBe('{"id":9007199254740993}');
  });
});

describe('what is left out', () => {
  it('is what came before, by its id', async () => {
    const { url, asked } = await service(inTurn([{ id: 1 }, { id: 2, v: 1 }], [{ id: 2, v: 2 }, { id: 3 }]));
    const input = await polling({ url, only: 'new', id_field: 'id' });
    await asOften(asked, 5);
    expect(input.payloads()).toEqual([{ id: 1 }, { id: 2, v: 1 }, { id: 3 }]);
  });

  it('is what came before, by its value, whatever the order of the list', async () => {
    const { url, asked } = await service(inTurn(['a', 'b'], ['c', 'a'], ['a', 'b', 'c']));
    const input = await polling({ url, only: 'new' });
    await asOften(asked, 5);
    expect(input.payloads()).toEqual(['a', 'b', 'c']);
  });

  it('is what has not changed: at its place, or by its id', async () => {
    const { url, asked } = await service(inTurn({ on: true }, { on: true }, { on: false }, { on: true }));
    const one = await polling({ url, only: 'changed' });
    await asOften(asked, 6);
    expect(one.payloads()).toEqual([{ on: true }, { on: false }, { on: true }]);
    const list = await service(
      inTurn(
        [
          { id: 1, v: 1 },
          { id: 2, v: 1 },
        ],
        [
          { id: 2, v: 1 },
          { id: 1, v: 2 },
        ],
      ),
    );
    const many = await polling({ url: list.url, only: 'changed', id_field: 'id' });
    await asOften(list.asked, 4);
    expect(many.payloads()).toEqual([
      { id: 1, v: 1 },
      { id: 2, v: 1 },
      { id: 1, v: 2 },
    ]);
  });

  it('is known after a start, too, and not where the settings are others', async () => {
    const { url, asked } = await service(inTurn([{ id: 1 }], [{ id: 1 }], [{ id: 1 }, { id: 2 }]));
    const first = await polling({ url, only: 'new' });
    await asOften(asked, 1);
    await until('it is taken', () => first.emitted.length === 1);
    await first.close();
    const times = asked.length;
    const second = await polling({ url, only: 'new' }, first.dataDir);
    await asOften(asked, times + 3);
    await second.close();
    expect(second.payloads()).toEqual([{ id: 2 }]);
    const other = await polling({ url, only: 'new', id_field: 'id' }, first.dataDir);
    await until('all is taken', () => other.emitted.length === 2);
  });

  it('is remembered within a bound: who was not seen for longest is forgotten', async () => {
    const { url, asked } = await service(inTurn([1, 2, 3], [2, 3], [1]));
    const input = await polling({ url, only: 'new', most_remembered: 2 });
    await asOften(asked, 5);
    expect(input.payloads()).toEqual([1, 2, 3, 1]);
    expect(input.facts()).toMatchObject({ remembered: 2 });
  });

  it('is what a server says to be the same, also after a start', async () => {
    const { url, asked } = await service(({ headers }, response) => {
      const isSame =
        headers['if-none-match'] === '"v1"' && headers['if-modified-since'] === 'Sat, 28 Nov 2026 05:00:00 GMT';
      response.writeHead(isSame ? 304 : 200, { etag: '"v1"', 'last-modified': 'Sat, 28 Nov 2026 05:00:00 GMT' });
      response.end(isSame ? '' : '{"n":1}');
    });
    const input = await polling({ url });
    await asOften(asked, 4);
    await input.close();
    expect(input.payloads()).toEqual([{ n: 1 }]);
    const times = asked.length;
    const again = await polling({ url }, input.dataDir);
    await asOften(asked, times + 2);
    expect(again.payloads()).toEqual([]);
  });

  it('is nothing of what has no id: that is told', async () => {
    const { url } = await service(inTurn([{ id: 1 }, { no: 1 }, { id: null }]));
    const input = await polling({ url, only: 'new', id_field: 'id', every: '1h' });
    await until('they are told', () => input.invalid.length === 2);
    expect([input.payloads(), input.invalid[0]]).toEqual([[{ id: 1 }], 'it has no "id", by which it would be known']);
  });
});

describe('pages', () => {
  it.each([
    ['by a header', { most_pages: 3 }],
    ['by a field', { most_pages: 3, records: 'items', next_field: 'links.next' }],
  ])('are read %s, so many at most', async (_, config) => {
    const { url, asked } = await service((request, response) => {
      const page = Number(new URL(request.url!, 'http://x').searchParams.get('page') ?? 1);
      response.setHeader('link', `</>; rel="prev", <?page=${page + 1}>; rel="next last"`);
      const items = [{ n: page }];
      response.end(JSON.stringify('records' in config ? { items, links: { next: `/?page=${page + 1}` } } : items));
    });
    const input = await polling({ url, every: '1h', ...config });
    await until('three pages are taken', () => input.emitted.length >= 3);
    await input.close();
    expect([input.payloads(), asked.length]).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }], 3]);
  });

  it('of another server are not asked for: nobody else is shown the token', async () => {
    const other = await service(inTurn([{ n: 2 }]));
    const { url } = await service(
      (_, response) => void response.setHeader('link', `<${other.url}>; rel=next`).end('[{"n":1}]'),
    );
    const input = await polling({ url, every: '1h', most_pages: 2, token: 'secret' });
    await until('it is told', () => input.reports.some((said) => said.startsWith('waiting')));
    expect(input.reports.at(-1)).toBe(
      `waiting: ${url}: the next page is said to be at ${new URL(other.url).origin}, and only the same server is asked; asked again`,
    );
    expect(other.asked).toEqual([]);
  });
});

describe('what does not work', () => {
  it.each<[string, Answering, Record<string, unknown>, string]>([
    ['no answer', ({ socket }) => socket.resetAndDestroy(), {}, 'URL: the line was cut; asked again'],
    ['silence', () => undefined, { timeout: '100ms' }, 'URL: there is no whole answer within 0.1 s; asked again'],
    ['a refusal', (_, response) => void response.writeHead(403).end('no'), {}, 'URL answered 403: no; asked again'],
    [
      'a redirect',
      (_, response) => void response.writeHead(301, { location: '/b' }).end(),
      {},
      'URL answered 301: it is to be found at URLb, so write that; asked again',
    ],
    ['no JSON', (_, response) => void response.end('<html>'), {}, 'URL: the answer is no JSON: "<html>"; asked again'],
    [
      'no UTF-8',
      (_, response) => void response.end(Buffer.from([0x22, 0xff, 0x22])),
      {},
      'URL: the answer is no UTF-8: set "encoding", such as to "windows-1252"; asked again',
    ],
    [
      'no records',
      (_, response) => void response.end('{}'),
      { records: 'items' },
      'URL: the answer has no "items"; asked again',
    ],
    [
      'too much',
      (_, response) => void response.end('x'.repeat(2000)),
      { max_answer: '1KB' },
      'URL: the answer has more than the 1024 bytes of "max_answer"; asked again',
    ],
    [
      'a bomb',
      (_, response) => void response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(5_000_000))),
      { max_answer: '16KB' },
      'URL: the answer has more than the 16384 bytes of "max_answer"; asked again',
    ],
  ])('is told: %s', async (_, answer, config, sentence) => {
    const { url } = await service(answer);
    const input = await polling({ url, ...config });
    await until('it is told', () => input.reports.length > 0);
    expect(input.reports[0]).toBe(`waiting: ${sentence.replaceAll('URL', url)}`);
    expect([input.emitted, input.faults]).toEqual([[], []]);
  });

  it('is asked again, sooner than at the next time, and goes on', async () => {
    const { url } = await service(
      (_, response, count) => void response.writeHead(count === 0 ? 503 : 200).end('{"n":1}'),
    );
    const input = await polling({ url, every: '1h' });
    await until('it is taken', () => input.emitted.length === 1);
    expect(input.reports).toEqual([`waiting: ${url} answered 503: {"n":1}; asked again`, `running: Asks ${url}`]);
  });

  it('is told by a test of the connection', async () => {
    const probe = (await loadProbe(httpPollInputDefinition as never))!;
    const { url } = await service(inTurn([1, 2]));
    const config = httpPollInputDefinition.config.parse({ url });
    const signal = AbortSignal.timeout(5000);
    expect(await probe({ config, signal })).toBe(`The answer of ${url} holds 2 records`);
    const gone = { ...config, url: 'http://127.0.0.1:1/' };
    await expect(probe({ config: gone, signal })).rejects.toThrow('http://127.0.0.1:1/: nothing listens there');
  });
});

it('takes each element once beside a full disk, and remembers when there is room', async (context) => {
  const disk = smallDisk(1);
  context.skip(disk === undefined, 'it takes root');
  const { folder, fill, makeRoom } = disk!;
  const pages = [[1], [1, 2], [1, 2, 3]].map((ids) => ids.map((id) => ({ id, text: 'x'.repeat(100) })));
  let present = 0;
  const { url, asked } = await service((_, response) => void response.end(JSON.stringify(pages[present])));
  const config = { url, only: 'new', id_field: 'id' };
  fill();
  const first = await polling(config, folder);
  await until('the first is taken', () => first.emitted.length === 1);
  present = 1;
  await until('so is the second', () => first.emitted.length === 2);
  await asOften(asked, asked.length + 3);
  expect([first.faults, first.reports.filter((each) => each.includes('cannot be remembered')).length]).toEqual([[], 1]);
  makeRoom();
  present = 2;
  await until('so is the third', () => first.emitted.length === 3);
  await first.close();
  const second = await polling(config, folder);
  await asOften(asked, asked.length + 3);
  expect([second.emitted.length, second.facts()['remembered']]).toEqual([0, 3]);
});
