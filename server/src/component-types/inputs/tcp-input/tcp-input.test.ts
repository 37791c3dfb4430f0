import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Rehearsal, rehearse, until, untilStill } from '../../../component-kit/testing/rehearsal.ts';
import { tcpInput } from './tcp-input.component.ts';

let input: Rehearsal | undefined;
const senders: Socket[] = [];

const start = async (config: object = {}, emit?: () => Promise<void>): Promise<Rehearsal> => {
  input = rehearse(tcpInput, { host: '127.0.0.1', port: 0, ...config }, emit ? { emit } : {});
  await input.open();
  return input;
};

const sender = async ({ facts }: Rehearsal): Promise<Socket> => {
  const socket = connect(Number(facts()['listening']), '127.0.0.1');
  senders.push(socket);
  await once(socket, 'connect');
  return socket;
};

afterEach(async () => {
  for (const socket of senders.splice(0)) socket.destroy();
  await input?.close();
});

it('takes lines however they are cut, and the last one without its end', async () => {
  const running = await start();
  const socket = await sender(running);
  for (const part of ['{"a"', ':1}\r\n\n{"a":2}\n{"a":"Gr', 'üße"}\n{"a":4', '}']) {
    socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.end();
  await until('four messages are there', () => running.emitted.length === 4);
  expect(running.payloads()).toEqual([{ a: 1 }, { a: 2 }, { a: 'Grüße' }, { a: 4 }]);
  expect(running.emitted.map(({ json }) => json)[1]).toBe('{"a":2}');
  expect(running.emitted[1]?.headers).toEqual({ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown });
});

it('tells what is no JSON and leaves out what is too long, and goes on', async () => {
  const running = await start({ longest_line: '20B' });
  (await sender(running)).write(`nonsense\n{"text":"${'x'.repeat(100)}"}\n{"a":1}\n`);
  await until('the good one is there', () => running.emitted.length === 1);
  expect(running.invalid).toEqual(['no JSON: "nonsense"']);
  expect(running.drops).toEqual({ too_long: 1 });
});

it('takes text as it is, with the sender', async () => {
  const running = await start({ format: 'text' });
  const socket = await sender(running);
  socket.write('$GPGGA,1\r\n');
  await until('it is there', () => running.emitted.length === 1);
  expect(running.payloads()).toEqual([{ text: '$GPGGA,1', from: `127.0.0.1:${socket.localPort}` }]);
});

it('reads no more while the flow is busy, and loses nothing', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const running = await start({}, () => gate);
  const socket = await sender(running);
  const count = 300_000;
  const rest = 'x'.repeat(100);
  socket.end(Array.from({ length: count }, (_, number) => `{"number":${number},"rest":"${rest}"}\n`).join(''));
  await untilStill(() => socket.writableLength);
  expect(socket.writableLength).toBeGreaterThan(0);
  open();
  await until('all are there', () => running.emitted.length === count);
  expect(running.drops).toEqual({});
  expect(running.payloads().every((payload, number) => (payload as { number: number }).number === number)).toBe(true);
});

/** A second run of the same flow takes over what the first one leaves at `place`. */
const startAt = async (place: object, config: object = {}, emit?: () => Promise<void>): Promise<Rehearsal> => {
  input = rehearse(tcpInput, { host: '127.0.0.1', port: 0, ...config }, { place, ...(emit ? { emit } : {}) });
  await input.open();
  return input;
};
const numbersOf = (...runs: Rehearsal[]): number[] =>
  runs.flatMap((run) => (run.payloads() as { n: number }[]).map(({ n }) => n));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('over a redeploy', () => {
  it('keeps its senders and the line that one of them is in the middle of', async () => {
    const place = {};
    const first = await startAt(place);
    const socket = await sender(first);
    socket.write('{"n":0}\n{"n"');
    await until('the first line is there', () => first.emitted.length === 1);
    await first.close();
    socket.write(':1}\n{"n":2}\n');
    const late = connect(socket.remotePort!, '127.0.0.1', () => late.write('{"n":3}\n'));
    senders.push(late);
    const second = await startAt(place);
    await until('all are there', () => second.emitted.length === 3);
    expect(numbersOf(first, second).sort()).toEqual(upTo(4));
    expect([first.drops, second.drops, second.facts()['senders']]).toEqual([{}, {}, 2]);
  });

  it('loses nothing that a sender writes meanwhile, five times', async () => {
    const place = {};
    const runs = [await startAt(place)];
    const socket = await sender(runs[0]!);
    let written = 0;
    const writing = setInterval(() => {
      for (let n = 0; n < 20; n += 1) socket.write(`{"n":${written++}}\n`);
    }, 2);
    for (let n = 0; n < 5; n += 1) {
      const before = runs.at(-1)!;
      await until('it takes lines', () => before.emitted.length > 50);
      await before.close();
      runs.push(await startAt(place));
    }
    clearInterval(writing);
    await until('all are there', () => numbersOf(...runs).length >= written);
    expect(numbersOf(...runs)).toEqual(upTo(written));
  });

  it('loses nothing of what it held back', async () => {
    const place = {};
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = await startAt(place, {}, () => gate);
    const socket = await sender(first);
    const count = 100_000;
    socket.write(
      upTo(count)
        .map((n) => `{"n":${n},"rest":"${'x'.repeat(50)}"}\n`)
        .join(''),
    );
    await until('it holds back', () => socket.writableLength > 0 && socket.bytesWritten > 1_000_000);
    const closed = first.close();
    open();
    await closed;
    const second = await startAt(place);
    await until('all are there', () => numbersOf(first, second).length === count);
    expect(numbersOf(first, second)).toEqual(upTo(count));
  });
});

describe('at a planned end', () => {
  it('reads what a sender writes until that notices', async () => {
    const running = await start();
    const socket = await sender(running);
    let written = 0;
    const writing = setInterval(() => {
      for (let n = 0; n < 20 && socket.writable; n += 1) socket.write(`{"n":${written++}}\n`);
    }, 2);
    socket.on('end', () => clearInterval(writing));
    await until('it takes lines', () => running.emitted.length > 50);
    await running.close();
    expect(numbersOf(running)).toEqual(upTo(written));
    expect(running.drops).toEqual({});
  });

  it('takes in whoever has connected and written just before', async () => {
    const running = await start();
    const socket = connect(Number(running.facts()['listening']), '127.0.0.1', () => socket.end('{"n":0}\n'));
    senders.push(socket);
    await once(socket, 'finish');
    await running.close();
    expect(numbersOf(running)).toEqual([0]);
  });

  it('cuts off one that goes on for ever, and counts what it can no longer take', async () => {
    const running = await start({}, () => new Promise(() => undefined));
    const port = Number(running.facts()['listening']);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    senders.push(socket);
    socket.on('error', () => undefined);
    const writing = setInterval(() => socket.writableLength < 1e7 && socket.write('{"n":0}\n'.repeat(20_000)), 5);
    await until('it holds back', () => socket.writableLength > 1e6);
    void running.close();
    input = undefined;
    await until('it is cut off', () => running.facts()['senders'] === 0);
    clearInterval(writing);
    expect(running.drops['cut_off']).toBeGreaterThan(1000);
  }, 15_000);
});

describe('places', () => {
  const silent = async (running: Rehearsal, count: number): Promise<Socket[]> => {
    const all: Socket[] = [];
    for (let n = 0; n < count; n += 1) all.push(await sender(running));
    await until('they are known', () => running.facts()['senders'] === count);
    return all;
  };
  const full = 'waiting: senders are refused: 2 are connected, the most that "max_senders" allows';

  it('refuses one too many, says so to it and to people, and takes it when a place is free', async () => {
    const running = await start({ max_senders: 2 });
    const [first] = await silent(running, 2);
    const third = await sender(running);
    let said = '';
    third.on('data', (chunk) => (said += chunk.toString()));
    await once(third, 'end');
    expect(said).toBe('no more than 2 senders are taken here; try again later\n');
    expect([running.facts()['refused'], running.reports]).toEqual([1, [full]]);
    first!.destroy();
    await until('it says that all is well', () => running.reports.at(-1) === 'running: ');
    (await sender(running)).write('{"n":0}\n');
    await until('it is taken', () => running.emitted.length === 1);
  });

  const at = async ({ facts }: Rehearsal, localAddress: string): Promise<Socket> => {
    const socket = connect({ port: Number(facts()['listening']), host: '127.0.0.1', localAddress });
    senders.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const saidTo = async (socket: Socket): Promise<string> => {
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    await once(socket, 'end');
    return said;
  };

  it.runIf(process.platform === 'linux')('leaves some to others, however many come from one address', async () => {
    const running = await start({ max_senders: 8 });
    const [first] = await silent(running, 7);
    expect(await saidTo(await at(running, '127.0.0.1'))).toBe(
      'no more than 7 senders of one address are taken here; try again later\n',
    );
    const crowded =
      'waiting: senders at 127.0.0.1 are refused: 7 are connected from there, the most that "max_per_address" allows';
    expect([running.facts()['refused'], running.reports]).toEqual([1, [crowded]]);
    (await at(running, '127.0.0.2')).write('{"n":0}\n');
    await until('another address is taken', () => running.emitted.length === 1);
    expect(await saidTo(await at(running, '127.0.0.3'))).toContain('no more than 8 senders are taken here');
    first!.destroy();
    await until('it says that all is well', () => running.reports.at(-1) === 'running: ');
    (await at(running, '127.0.0.1')).write('{"n":1}\n');
    await until('it is taken', () => running.emitted.length === 2);
  });

  it.runIf(process.platform === 'linux')('gives one address as many as it is told to', async () => {
    const running = await start({ max_senders: 8, max_per_address: 1 });
    await at(running, '127.0.0.2');
    expect(await saidTo(await at(running, '127.0.0.2'))).toContain('no more than 1 senders of one address');
    await at(running, '127.0.0.3');
    await until('two are known', () => running.facts()['senders'] === 2);
    const all = await start({ max_senders: 8, max_per_address: 8 });
    await silent(all, 8);
  });

  it('gives up whoever is silent for too long, and nobody else', async () => {
    const running = await start({ idle_timeout: '200ms' });
    const [, talker] = await silent(running, 2);
    const talking = setInterval(() => talker!.write('{"n":0}\n'), 20);
    await until('one is gone', () => running.facts()['senders'] === 1);
    expect(running.facts()['silent']).toBe(1);
    clearInterval(talking);
  });

  it.runIf(process.platform === 'linux')('asks on every line whether its sender is still there', async () => {
    const running = await start();
    await silent(running, 3);
    const port = Number(running.facts()['listening']);
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    // the timer of a line that is idle is its keep-alive: proc(5), "02:"
    const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n');
    const ours = lines.filter((line) => line.includes(`:${hex} `) && line.trim().split(/\s+/)[1]?.endsWith(`:${hex}`));
    const connected = ours.filter((line) => line.trim().split(/\s+/)[3] === '01');
    expect(connected.map((line) => line.trim().split(/\s+/)[5]?.slice(0, 2))).toEqual(['02', '02', '02']);
  });
});

describe('acknowledgements', () => {
  const told = (socket: Socket): (() => string[]) => {
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    return () => said.split('\n').slice(0, -1);
  };

  it('come when lines are safe, and not before', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const running = await start({ acknowledgement: 'ok {count}' }, () => gate);
    const socket = await sender(running);
    const said = told(socket);
    socket.write('{"n":0}\nnonsense\n\n{"n":1}\n');
    await until('it is under way', () => running.invalid.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(said()).toEqual([]);
    open();
    await until('it is told', () => said().length === 1);
    expect(said()).toEqual(['ok 4']);
  });

  it('come once for each line where they do not count', async () => {
    const running = await start({ acknowledgement: 'ACK' });
    const socket = await sender(running);
    const said = told(socket);
    socket.end('{"n":0}\n{"n":1}\n{"n":2}');
    await once(socket, 'end');
    expect(said()).toEqual(['ACK', 'ACK', 'ACK']);
  });

  it('cover all that was taken in when the flow ends, and go on over a redeploy', async () => {
    const place = {};
    const first = await startAt(place, { acknowledgement: '{count}' });
    const socket = await sender(first);
    const said = told(socket);
    socket.write('{"n":0}\n{"n":1}\n');
    await until('two are safe', () => said().at(-1) === '2');
    await first.close();
    socket.write('{"n":2}\n');
    const second = await startAt(place, { acknowledgement: '{count}' });
    await until('three are safe', () => said().at(-1) === '3');
    socket.write('{"n":3}\n');
    await until('the fourth is taken', () => second.emitted.length === 2);
    Object.assign(place, { parked: undefined });
    await second.close();
    await until('it is told', () => said().at(-1) === '4');
  });
});

describe('whoever speaks another language', () => {
  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nhost: x\r\naccept: */*\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), '\x15\x03\x01\x00\x02\x02F'],
  ])('%s is told so, and costs no dead letters', async (_, words, answer) => {
    const running = await start();
    const socket = await sender(running);
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.write(words);
    await once(socket, 'end');
    expect(said.slice(0, answer.length)).toBe(answer);
    await until('it is gone', () => running.facts()['senders'] === 0);
    expect([running.invalid, running.drops]).toEqual([[], { no_lines: 1 }]);
  });
});

describe('frames', () => {
  it.each<[object, string, unknown[]]>([
    [{ framing: 'cr', format: 'text' }, 'a\nb\rc\r', ['a\nb', 'c']],
    [{ framing: 'nul' }, '{"a":1}\0{"a":2}\0', [{ a: 1 }, { a: 2 }]],
    [{ framing: 'stx_etx', format: 'text' }, '\x02a\x03\r\n\x02b\x03', ['a', 'b']],
    [{ framing: 'end', frame_end: '\\x1c\\r', format: 'text' }, 'a\x1c\rb\rc\x1c\r', ['a', 'b\rc']],
    [{ framing: 'length', length_bytes: '2' }, '\0\x07{"a":1}\0\x07{"a":2}', [{ a: 1 }, { a: 2 }]],
    [{ framing: 'json' }, '{\n "a": 1\n}{"a":2}', [{ a: 1 }, { a: 2 }]],
    [{ framing: 'idle', frame_gap: '20ms', format: 'text' }, 'as it comes', ['as it comes']],
    [{ framing: 'none', format: 'text' }, 'as it comes', ['as it comes']],
    [{ format: 'text' }, 'S 12.50 kg\rS 12.60 kg\rS 12.70 kg\r', ['S 12.50 kg', 'S 12.60 kg', 'S 12.70 kg']],
    [{}, '\uFEFF{"a":1}\0\n\x1e{"a":2}\n{"a":3}{"a":4}\n', [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]],
  ])('by %j of %j, while the sender stays', async (config, text, expected) => {
    const running = await start(config);
    const socket = await sender(running);
    socket.write(Buffer.from(text));
    await until('all are there', () => running.emitted.length >= expected.length);
    expect(running.payloads().map((payload) => (payload as { text?: string }).text ?? payload)).toEqual(expected);
    expect(running.invalid).toEqual([]);
  });

  it('of bytes, and of text in other characters', async () => {
    const bytes = await start({ format: 'bytes', framing: 'nul' });
    (await sender(bytes)).write(Buffer.from([1, 255, 0]));
    await until('it is there', () => bytes.emitted.length === 1);
    expect(bytes.payloads()[0]).toMatchObject({ data: Buffer.from([1, 255]).toString('base64') });
    await bytes.close();
    const text = await start({ format: 'text', encoding: 'windows-1252' });
    (await sender(text)).write(Buffer.from('21\xb0C\n', 'latin1'));
    await until('it is there', () => text.emitted.length === 1);
    expect(text.payloads()[0]).toMatchObject({ text: '21°C' });
  });

  it('says that text is no UTF-8 and what to set, with the line', async () => {
    const running = await start({ format: 'text' });
    (await sender(running)).write(Buffer.from('21\xb0C\nok\n', 'latin1'));
    await until('the good one is there', () => running.emitted.length === 1);
    expect([running.invalid, running.raws]).toEqual([
      ['it is no UTF-8: set "encoding", such as to "windows-1252"'],
      [Buffer.from('21\xb0C', 'latin1')],
    ]);
  });

  it('writes the sender beside JSON', async () => {
    const running = await start({ sender_field: 'from' });
    const socket = await sender(running);
    socket.write('{"a":1}\n');
    await until('it is there', () => running.emitted.length === 1);
    expect(running.payloads()).toEqual([{ a: 1, from: `127.0.0.1:${socket.localPort}` }]);
  });
});

describe('as the one that connects', () => {
  const device = async (greet: (socket: Socket) => void): Promise<Server> => {
    const server = createServer(greet);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    devices.push(server);
    return server;
  };
  const devices: Server[] = [];
  afterEach(() => {
    for (const server of devices.splice(0)) server.close();
  });
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  it('reads what a device says, and connects again when the line ends, with the last line', async () => {
    let lines = 0;
    const server = await device((socket) => socket.end(`{"n":${(lines += 1)}}\n{"n":${(lines += 1)}}`));
    const running = await start({ mode: 'connect', address: '127.0.0.1', port: portOf(server) });
    await until('two lines ended', () => running.emitted.length >= 4);
    expect(running.payloads().slice(0, 4)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    expect(running.reports).toContainEqual(expect.stringContaining('the line was closed; trying again'));
  });

  it('waits for a device that is not there, and says so', async () => {
    const server = await device(() => undefined);
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const running = await start({ mode: 'connect', address: '127.0.0.1', port });
    await until('it says so', () => running.reports.some((said) => said.includes('nothing listens there')));
    const again = createServer((socket) => socket.write('{"a":1}\n'));
    devices.push(again);
    again.listen(port, '127.0.0.1');
    await until('it is there', () => running.emitted.length === 1);
    expect(running.reports.at(-1)).toContain('Connected to 127.0.0.1');
    again.close();
  });

  it('begins anew where nothing is said for too long', async () => {
    let lines = 0;
    const server = await device((socket) => {
      lines += 1;
      socket.on('error', () => undefined);
    });
    await start({ mode: 'connect', address: '127.0.0.1', port: portOf(server), idle_timeout: '50ms' });
    await until('a second line', () => lines >= 2);
  });

  it.each([
    [{ mode: 'connect' }, 'address'],
    [{ mode: 'connect', address: 'x', port: 0 }, 'port'],
    [{ framing: 'end', frame_end: '' }, 'frame_end'],
    [{ frame_gap: '0s' }, 'frame_gap'],
    [{ longest_line: '0B' }, 'longest_line'],
  ])('%j is refused at %s', (config, place) => {
    expect(tcpInput.config.safeParse(config).error?.issues[0]?.path).toEqual([place]);
  });
});
