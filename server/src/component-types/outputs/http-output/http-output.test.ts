import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createLineServer, type AddressInfo, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal } from '../../../component-kit/testing/rehearsal.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { Message } from '../../../engine/message.ts';
import { httpOutput } from './http-output.component.ts';
import { httpOutputDefinition } from './http-output.definition.ts';
import { requestKeys } from './request-keys.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

interface Came {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
type Answering = (came: Came, response: ServerResponse) => void;

/** A web service that answers as it is told. */
const service = async (answer: Answering = (_, response) => void response.writeHead(204).end()) => {
  const came: Came[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks) };
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

/** Something that takes lines and does with them as it is told. */
const lines = async (meet: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createLineServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const opened = async (config: Record<string, unknown>): Promise<Rehearsal> => {
  const output = rehearse(httpOutput, config);
  await output.open();
  ended.push(() => output.close());
  return output;
};

/** What sending these payloads ends with: nothing, or the fault. */
const faultOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<unknown> =>
  output.feed(payloads).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe('requests', () => {
  it('carry one message each, to the address that it names, by the method that is set', async () => {
    const { url, came } = await service();
    const output = await opened({
      url: `${url}/devices/{device}/{a.b}?at={time}`,
      method: 'PUT',
      headers: { 'X-Site': 'a' },
    });
    await output.feed([
      { device: 'd/1', a: { b: 2 }, time: 'x&y' },
      { device: 'ü', a: { b: [1] }, time: true },
    ]);
    expect(came.map(({ method, url: to, body }) => [method, to, body.toString()])).toEqual([
      ['PUT', '/devices/d%2F1/2?at=x%26y', '{"device":"d/1","a":{"b":2},"time":"x&y"}'],
      ['PUT', '/devices/%C3%BC/%5B1%5D?at=true', '{"device":"ü","a":{"b":[1]},"time":true}'],
    ]);
    expect(came[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-site': 'a',
      'user-agent': 'SemStreams',
    });
  });

  it.each([
    ['json_lines', '{"n":1}\n{"n":2}\n', 'application/x-ndjson'],
    ['json_array', '[{"n":1},{"n":2}]', 'application/json'],
  ])('carry several as %s, those for one address together', async (format, body, type) => {
    const { url, came } = await service();
    const output = await opened({ url: `${url}/`, format, batch: 2 });
    await output.feed([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(came.map((each) => each.body.toString())).toEqual([body, expect.stringContaining('3')]);
    expect(came[0]!.headers['content-type']).toBe(type);
    const placed = await opened({ url: `${url}/{to}`, format });
    await placed.feed([{ to: 'a' }, { to: 'a' }, { to: 'b' }, { to: 'a' }]);
    expect(came.slice(2).map((each) => each.url)).toEqual(['/a', '/b', '/a']);
  });

  it('are bounded in bytes, but one message goes whatever it takes', async () => {
    const { url, came } = await service();
    const output = await opened({ url, format: 'json_lines', batch_size: '2KB' });
    await output.feed([{ n: 'x'.repeat(3000) }, { n: 1 }, { n: 2 }]);
    expect(came.map(({ body }) => body.toString().split('\n').length - 1)).toEqual([1, 2]);
  });

  it('show a token or a user, are packed, and have no body where the method has none', async () => {
    const { url, came } = await service();
    await (await opened({ url, token: 'abc', compression: 'gzip' })).feed([{ a: 1 }]);
    await (await opened({ url, username: 'u', password: 'p:w' })).feed([{ a: 1 }]);
    await (await opened({ url: url.replace('//', '//in:url@'), method: 'GET' })).feed([{ a: 1 }]);
    expect(came.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer abc',
      'Basic dTpwOnc=',
      'Basic aW46dXJs',
    ]);
    expect([gunzipSync(came[0]!.body).toString(), came[2]!.body.length]).toEqual(['{"a":1}', 0]);
  });

  it('go by a line that is kept, and by another one where the server has ended that', async () => {
    const met: number[] = [];
    const url = await lines((socket) => {
      const at = met.push(0) - 1;
      socket.on('data', () => {
        met[at]! += 1;
        // the third request of a line finds it ended
        if (met[at]! > 2) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    const output = await opened({ url });
    for (const n of [1, 2, 3, 4]) await output.feed([{ n }]);
    expect(met).toEqual([3, 2]);
  });
});

describe('keys', () => {
  const at = (sequence: number) => new Message({}, 0, 's', sequence).at({ source: 'run.1', sequence });
  it('are the same when the same is sent again, and others for others', async () => {
    let status = 503;
    const { url, came } = await service((_, response) => void response.writeHead(status).end());
    const output = await opened({ url, format: 'json_lines' });
    const component = output as unknown as { feed: Rehearsal['feed'] };
    await faultOf(output, [{ n: 1 }]);
    status = 204;
    await component.feed([{ n: 1 }]);
    expect(new Set(came.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
    const keyOf = requestKeys('now');
    const messages = [new Message({}, 0, 's', 1), new Message({}, 0, 's', 1)];
    expect([keyOf(messages), keyOf(messages), keyOf(messages.slice(1))]).toEqual([
      'now.1-now.2',
      'now.1-now.2',
      'now.2',
    ]);
    expect([keyOf([at(7)]), keyOf([at(7), at(8)])]).toEqual(['run.1.7', 'run.1.7-run.1.8']);
  });
});

describe('what does not work', () => {
  it.each<[number, Record<string, string>, string, unknown]>([
    [500, {}, 'out of\norder\u0000', new TransientFault('URL/x answered 500: out of order')],
    [503, { 'retry-after': '7' }, '', new TransientFault('URL/x answered 503', { afterMs: 7000 })],
    [429, { 'retry-after': 'soon' }, '', new TransientFault('URL/x answered 429')],
    [408, {}, '', new TransientFault('URL/x answered 408')],
    [425, {}, '', new TransientFault('URL/x answered 425')],
    [
      401,
      {},
      '',
      new TransientFault('URL/x answered 401, it wants a token or a name with a password, or others than these'),
    ],
    [302, { location: '/y' }, '', new TransientFault('URL/x answered 302: it is to be found at URL/y, so write that')],
    [400, {}, 'x'.repeat(300), new InvalidMessage(`URL/x answered 400: ${'x'.repeat(200)}…`)],
    [404, {}, 'no', new InvalidMessage('URL/x answered 404, there is nothing at this path: no')],
    [409, {}, '', new InvalidMessage('URL/x answered 409')],
    [501, {}, '', new InvalidMessage('URL/x answered 501')],
    [304, {}, '', new InvalidMessage('URL/x answered 304')],
  ])('is tried again or given up by its status: %i %j', async (status, headers, body, expected) => {
    const { url, came } = await service((_, response) => void response.writeHead(status, headers).end(body));
    const output = await opened({ url: `${url}/x` });
    const thrown = (await faultOf(output, [{ a: 1 }])) as Error;
    const fault = thrown instanceof SomeFailed ? thrown.failed.get(0)! : thrown;
    const { name, message, afterMs } = fault as TransientFault;
    const given = expected as TransientFault;
    expect([name, message, afterMs]).toEqual([given.name, given.message.replaceAll('URL', url), given.afterMs]);
    expect(came).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['hangs', () => undefined, 'there is no whole answer within 0.3 s'],
    ['cuts the line', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'the line was cut'],
    ['speaks something else', (socket) => socket.end('220 smtp ready\r\n'), 'what listens there does not speak HTTP'],
    [
      'never ends its headers',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const more = setInterval(() => socket.write('x-more: of it\r\n'.repeat(200)), 5);
        socket.once('close', () => clearInterval(more));
      },
      'the headers of its answer take more than they may',
    ],
    [
      'answers a letter at a time',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
        const more = setInterval(() => socket.write('x'), 50);
        socket.once('close', () => clearInterval(more));
      },
      'there is no whole answer within 0.3 s',
    ],
    [
      'ends in the middle',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx')),
      'the answer was cut',
    ],
  ])('is told of a server that %s, and ends in time', async (_, meet, sentence) => {
    const url = await lines(meet);
    const output = await opened({ url, timeout: '300ms' });
    const fault = (await faultOf(output, [{ a: 1 }])) as TransientFault;
    expect([fault.name, fault.message]).toEqual(['TransientFault', `${url}: ${sentence}`]);
  });

  it('is not held up by an answer without end that nobody wants to read', async () => {
    const url = await lines((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = setInterval(() => socket.write('x'.repeat(50_000)), 1);
      socket.once('close', () => clearInterval(more));
    });
    const output = await opened({ url });
    expect(await faultOf(output, [{ a: 1 }])).toBeUndefined();
  });

  it('of several together is found by halves, and the others go', async () => {
    const { url, came } = await service(({ body }, response) => {
      const isBad = /"n":(3|6)\b/.test(body.toString());
      response.writeHead(isBad ? 422 : 200).end(isBad ? 'no' : '');
    });
    const output = await opened({ url, format: 'json_array' });
    const fault = (await faultOf(
      output,
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ n })),
    )) as SomeFailed;
    expect([...fault.failed].map(([at, { name, message }]) => [at, name, message])).toEqual([
      [2, 'InvalidMessage', `${url}/ answered 422: no`],
      [5, 'InvalidMessage', `${url}/ answered 422: no`],
    ]);
    const good = came.filter(({ body }) => !/"n":(3|6)\b/.test(body.toString()));
    expect(good.flatMap(({ body }) => JSON.parse(body.toString()) as { n: number }[]).map(({ n }) => n)).toEqual([
      1, 2, 4, 5, 7, 8,
    ]);
  });

  it('holds back what comes after it, so that the order stays', async () => {
    const { url, came } = await service(
      ({ url: to }, response) => void response.writeHead(to === '/b' ? 503 : 204).end(),
    );
    const output = await opened({ url: `${url}/{to}` });
    const fault = (await faultOf(output, [{ to: 'a' }, { no: 1 }, { to: 'b' }, { to: 'c' }])) as SomeFailed;
    expect([...fault.failed].map(([at, { name, message }]) => [at, name, message])).toEqual([
      [1, 'InvalidMessage', 'its "to", which the address needs, is missing'],
      [2, 'TransientFault', `${url}/b answered 503`],
      [3, 'TransientFault', `${url}/b answered 503`],
    ]);
    expect(came.map((each) => each.url)).toEqual(['/a', '/b']);
  });

  it('is told by a server that answers for each', async () => {
    const answer = {
      items: [{ index: { status: 201 } }, { index: { status: 429 } }, { index: { status: 400, error: 'e' } }],
    };
    const { url } = await service((_, response) => void response.writeHead(200).end(JSON.stringify(answer)));
    const each = { answers: 'items', answer_status: 'index.status' };
    const output = await opened({ url, format: 'json_lines', ...each });
    const fault = (await faultOf(output, [{ n: 1 }, { n: 2 }, { n: 3 }])) as SomeFailed;
    expect([...fault.failed].map(([at, { name, message }]) => [at, name, message])).toEqual([
      [1, 'TransientFault', 'answered 429: {"index":{"status":429}}'],
      [2, 'InvalidMessage', 'answered 400: {"index":{"status":400,"error":"e"}}'],
    ]);
    const short = (await faultOf(output, [{ n: 1 }, { n: 2 }])) as SomeFailed;
    expect(short.failed.get(1)!.message).toMatch(/^its answer holds 3 answers for 2 messages in "items": /);
  });

  it('does not keep it from stopping', async () => {
    const output = await opened({ url: await lines(() => undefined) });
    const sending = faultOf(output, [{ a: 1 }]);
    await new Promise((resolve) => setImmediate(resolve));
    await output.close();
    expect(['AbortError', 'TransientFault']).toContain(((await sending) as Error).name);
  });
});

describe('addresses', () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{ url: 'service.example/x' }, 'url', 'write an address such as "https://service.example/path"'],
    [
      { url: 'https://{host}/x' },
      'url',
      'a field may stand behind the host alone: messages do not choose where they are sent',
    ],
    [
      { url: 'https://a.example{x}/' },
      'url',
      'a field may stand behind the host alone: messages do not choose where they are sent',
    ],
    [{ url: 'https://a.example/{a..b}' }, 'url', expect.stringContaining('"a..b" is no path')],
    [{ url: 'https://a.example/x#y' }, 'url', 'an address has no "#" here'],
    [
      { url: 'https://a.example/', token: 't', username: 'u' },
      'username',
      'a token or a user is shown, and not both: leave one of them out',
    ],
    [{ url: 'https://a.example/', password: 'p' }, 'username', 'name the user of the password'],
  ])('%j are refused at %s', (config, at, message) => {
    const issues = httpOutputDefinition.config.safeParse(config).error?.issues ?? [];
    expect(issues.map(({ path, message: said }) => [path.join('.'), said])).toEqual([[at, message]]);
  });

  it.each(['https://a.example/{id}?k=${KEY}', 'http://[::1]:8080/{@header.topic}', 'https://u:${PASSWORD}@a.example'])(
    '%s may be',
    (url) => expect(httpOutputDefinition.config.safeParse({ url }).error).toBeUndefined(),
  );

  it.each(['..', '.', '', null])('never lead elsewhere by a field that is %j', async (device) => {
    const { url, came } = await service();
    const output = await opened({ url: `${url}/devices/{device}/x` });
    expect(await faultOf(output, [{ device }])).toBeInstanceOf(SomeFailed);
    expect(came).toEqual([]);
  });
});
