import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { rehearse, type Rehearsal, until, untilStill } from '../../../component-kit/testing/rehearsal.ts';
import { websocketOutput } from '../../outputs/websocket-output/websocket-output.component.ts';
import { websocketInput } from './websocket-input.component.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const open = async (config: object, world: Parameters<typeof rehearse>[2] = {}): Promise<Rehearsal> => {
  const input = rehearse(websocketInput, config, world);
  ended.push(() => input.close());
  await input.open();
  return input;
};

/** A server that keeps the lines it got, and what each of them asked with. */
const serve = async (onLine: (line: WebSocket, n: number) => void = () => undefined, port = 0) => {
  const lines: WebSocket[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  const asked: (string | undefined)[] = [];
  server.on('connection', (socket, { headers }) => {
    asked.push(headers.authorization);
    onLine(socket, lines.push(socket));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const stop = async () => {
    for (const socket of lines) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  ended.push(stop);
  const { port: listening } = server.address() as { port: number };
  return { url: `ws://127.0.0.1:${listening}`, port: listening, lines, asked, stop };
};

it('takes each frame as a message, and keeps its text', async () => {
  const { url } = await serve((line) => {
    line.send('{"id":9007199254740993}');
    line.send(Buffer.from('[1]'));
    line.send('no json');
    line.send('2');
  });
  const input = await open({ url });
  await until('all are there', () => input.emitted.length === 3);
  expect(input.emitted.map(({ json }) => json)).toEqual(['{"id":9007199254740993}', '[1]', '2']);
  expect(input.invalid).toEqual(['no JSON: "no json"']);
});

it('shows its token', async () => {
  const { url, asked } = await serve();
  await open({ url, token: 'secret' });
  await until('it has asked', () => asked.length === 1);
  expect(asked).toEqual(['Bearer secret']);
});

describe('a line', () => {
  it('is made again for ever, and says what it waits for', async () => {
    const first = await serve();
    const input = await open({ url: first.url });
    await until('it is up', () => input.reports.includes(`running: Connected to ${first.url}`));
    await first.stop();
    await until('it waits', () => input.reports.some((report) => report.includes('nothing listens there')));
    const second = await serve((line) => line.send('"again"'), first.port);
    await until('it is up again', () => input.emitted.length === 1);
    expect(input.facts()).toMatchObject({ connections: 2 });
    expect(second.lines).toHaveLength(1);
    expect(input.faults).toEqual([]);
  });

  /** A plain HTTP server that answers every handshake with the given head. */
  const refusing = async (head: string): Promise<{ url: string; tries: () => number }> => {
    let tries = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        tries += 1;
        socket.end(`HTTP/1.1 ${head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(() => server.close());
    return { url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`, tries: () => tries };
  };

  it('waits longer and longer for a server that closes at once, and says what that said', async () => {
    const { url, lines } = await serve((line) => line.close(4401, 'token expired'));
    const input = await open({ url });
    await until('it has tried four times', () => lines.length === 4);
    const waits = input.reports.filter((report) => report.includes('4401'));
    expect(waits[0]).toBe(`waiting: ${url}: the far side closed the line: 4401 token expired; tried again in 1 s`);
    expect(waits.at(-1)).toMatch(/tried again in [12] s$/);
    // 250 ms, 500 ms, 1 s, 2 s, 4 s ...: six in ten seconds, where each began anew there were forty
    const begun = performance.now();
    await until('it has tried a fifth time', () => lines.length === 5);
    expect(performance.now() - begun).toBeGreaterThan(1200);
  });

  it('waits as long as a server wants', async () => {
    const { url, tries } = await refusing('503 Service Unavailable\r\nretry-after: 600');
    const input = await open({ url });
    await until('it says so', () => input.reports.some((report) => report.includes('tried again in 600 s')));
    expect([tries(), input.reports.at(-1)]).toEqual([
      1,
      `waiting: ${url}: the server answered 503 and wants to be left alone for a while; tried again in 600 s`,
    ]);
  });

  it.each([
    ['301 Moved\r\nlocation: ws://127.0.0.1:9300/', 'it is to be found at ws://127.0.0.1:9300/'],
    ['308 Moved\r\nlocation: https://a.example/x?token=1', 'it is to be found at wss://a.example/x?token=•••'],
    ['401 Unauthorized', 'it wants a token, or another one than "token" holds'],
    ['404 Not Found', 'there is nothing at this path'],
    ['200 OK', 'that is a page and no WebSocket'],
  ])('says what a server means by %j', async (head, words) => {
    const { url } = await refusing(head);
    const input = await open({ url });
    await until('it says so', () => input.reports.some((report) => report.includes(words)));
  });

  it('answers a question when what came before it is safe, and other pings at once', async () => {
    let open1 = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open1 = resolve));
    const answers: string[] = [];
    const { url, lines } = await serve((line) => {
      line.on('pong', (data) => answers.push(data.toString()));
      line.send('1');
      line.ping('block 1');
      line.ping('are you there');
    });
    await open({ url }, { emit: () => gate });
    await until('it answers', () => answers.length === 1);
    expect(answers).toEqual(['are you there']);
    open1();
    await until('it is safe', () => answers.length === 2);
    lines[0]!.ping('block 2');
    await until('nothing is waited for', () => answers.length === 3);
    expect(answers.slice(1)).toEqual(['block 1', 'block 2']);
  });

  it('takes an empty frame for nothing, and "0s" of silence for never', async () => {
    const { url, lines } = await serve((line) => line.send(''));
    const input = await open({ url, silence: '0s' });
    await until('it is up', () => lines.length > 0);
    for (let n = 1; n <= 20; n += 1) {
      lines[0]!.send(String(n));
      await until('it is there', () => input.emitted.length >= n);
    }
    expect([input.payloads().length, lines.length, input.invalid, input.facts()['connections']]).toEqual([
      20,
      1,
      [],
      1,
    ]);
  });

  it('shows no password and no query of its address', async () => {
    const input = await open({ url: 'ws://user:password@127.0.0.1:1/data?token=secret' });
    await until('it waits', () => input.reports.length === 2);
    expect(input.reports.join()).not.toMatch(/password|secret/);
  });

  it('names the answer of a server that refuses', async () => {
    const output = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, path: '/data' });
    await output.open();
    ended.push(() => output.close());
    const input = await open({ url: `ws://127.0.0.1:${String(output.facts()['listening'])}/other` });
    await until('it says so', () => input.reports.some((report) => report.includes('the server answered 404')));
  });

  it('gives up one that says nothing any more', async () => {
    let handshakes = 0;
    // answers the handshake and is silent from then on, as a peer behind a cut that nobody noticed
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (head) => {
        handshakes += 1;
        const key = /Sec-WebSocket-Key: (.*)\r\n/i.exec(head.toString())![1]!;
        void import('node:crypto').then(({ createHash }) => {
          const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
        });
      });
      ended.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(() => server.close());
    const { port } = server.address() as { port: number };
    const input = await open({ url: `ws://127.0.0.1:${port}`, silence: '50ms' });
    await until('it tries again', () => handshakes >= 2);
    expect(input.reports.some((report) => report.includes('nothing was heard any more'))).toBe(true);
  });

  it('ends where a message is too large, and is made again', async () => {
    const { url } = await serve((line, n) => line.send(n === 1 ? JSON.stringify('x'.repeat(5000)) : '"small"'));
    const input = await open({ url, max_message: '1KB' });
    await until('the small one is there', () => input.emitted.length === 1);
    expect(input.reports.some((report) => report.includes('larger than "max_message"'))).toBe(true);
  });

  it.each([
    ['frames with reserved bits', Buffer.from([0xf1, 0x01, 0x41])],
    ['a masked frame from a server', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x41])],
    ['text that is no UTF-8', Buffer.from([0x81, 0x02, 0xff, 0xfe])],
    ['a frame of 2^63 bytes', Buffer.from([0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255])],
  ])('outlives %s', async (_, bytes) => {
    const { url } = await serve((line, n) => {
      const { _socket: socket } = line as unknown as { _socket: { write(data: Buffer): void } };
      if (n === 1) socket.write(bytes);
      else line.send('"fine"');
    });
    const input = await open({ url });
    await until('it is made again', () => input.emitted.length === 1);
    expect([input.payloads(), input.faults]).toEqual([['fine'], []]);
  });
});

it('reads no faster than the flow takes it, and loses nothing', async () => {
  const count = 20_000;
  const { url, lines } = await serve();
  let open1 = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open1 = resolve));
  const input = await open({ url }, { emit: () => gate });
  await until('it is up', () => lines.length === 1);
  const text = 'x'.repeat(1000);
  for (let n = 0; n < count; n += 1) lines[0]!.send(JSON.stringify({ n, text }));
  await untilStill(() => lines[0]!.bufferedAmount);
  expect(lines[0]!.bufferedAmount).toBeGreaterThan(1_000_000);
  open1();
  await until('all are there', () => input.emitted.length === count);
  expect(input.drops).toEqual({});
  expect((input.payloads() as { n: number }[]).every(({ n }, index) => n === index)).toBe(true);
});

it.each(['http://a', 'a:9000', 'ws://a/#part', ''])('the address "%s" is refused', (url) =>
  expect(websocketInput.config.safeParse({ url }).success).toBe(false),
);
