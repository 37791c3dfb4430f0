import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { recording } from '../../../component-kit/testing/recordings.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { broadcastsOf } from '../../../component-kit/sockets/datagram-listener.ts';
import { udpInput } from './udp-input.component.ts';

const socket = createSocket('udp4');
/** An interface on which groups of IPv6 can be heard. */
const ipv6Interface = Object.entries(networkInterfaces()).find(([, all]) =>
  all?.some(({ address, internal }) => !internal && address.startsWith('fe80')),
)?.[0];
const running: Rehearsal[] = [];
afterEach(async () => {
  for (const input of running.splice(0)) await input.close();
});

const open = async (config: object = {}, world: Parameters<typeof rehearse>[2] = {}): Promise<Rehearsal> => {
  const input = rehearse(udpInput, { host: '127.0.0.1', port: 0, ...config }, world);
  running.push(input);
  await input.open();
  return input;
};
const send = async (input: Rehearsal, ...datagrams: (string | Uint8Array)[]): Promise<void> => {
  const port = input.facts()['listening'] as number;
  for (const datagram of datagrams) await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
};

it('takes JSON, one message a packet, and keeps its text', async () => {
  const input = await open();
  await send(input, ' {"id": 9007199254740993}\n', '[1,2]', '{\n"a":1}');
  await until('all are there', () => input.emitted.length === 3);
  expect(input.emitted.map(({ json }) => json)).toEqual(['{"id": 9007199254740993}', '[1,2]', '{"a":1}']);
  for (const { headers } of input.emitted)
    expect(headers).toEqual({ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown });
});

it('tells what is no JSON, counts it, and goes on', async () => {
  const input = await open();
  await send(input, '{', Buffer.from([0xff, 0xfe, 0x00]), '', '{"a":1}');
  await until('the good one is there', () => input.emitted.length === 1);
  expect(input.invalid).toEqual(['no JSON: "{"', expect.stringMatching(/is no UTF-8: set "encoding"/)]);
});

it('takes several lines a packet, and a bad one costs only itself', async () => {
  const input = await open({ format: 'json_lines' });
  await send(input, '{"a":1}\r\nnonsense\n\n{"a":2}\n');
  await until('both are there', () => input.emitted.length === 2);
  expect([input.payloads(), input.invalid]).toEqual([[{ a: 1 }, { a: 2 }], ['no JSON: "nonsense"']]);
});

it.each([
  ['text', 'Grüße\n', { text: 'Grüße' }],
  ['bytes', Buffer.from([0, 255, 1]), { data: 'AP8B' }],
])('takes %s, with the sender', async (format, datagram, expected) => {
  const input = await open({ format });
  await send(input, datagram);
  await until('it is there', () => input.emitted.length === 1);
  expect(input.payloads()).toEqual([{ ...expected, from: `127.0.0.1:${socket.address().port}` }]);
});

it('takes in a recording of edits, line by line', async () => {
  const lines = recording('ndjson/wiki-edits.ndjson').toString('utf8').trimEnd().split('\n').slice(0, 2000);
  const input = await open();
  for (let at = 0; at < lines.length; at += 50) {
    await send(input, ...lines.slice(at, at + 50));
    await until('they are read', () => input.facts()['datagrams'] === Math.min(at + 50, lines.length));
  }
  await until('all are handed on', () => input.emitted.length === lines.length);
  expect(input.emitted.map(({ json }) => json)).toEqual(lines);
});

describe('while the flow is busy', () => {
  it('keeps what it may, drops the rest and counts it', async () => {
    let open1 = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open1 = resolve));
    const input = await open({ queue: 3 }, { emit: () => gate });
    await send(input, '0');
    await until('the flow is busy', () => input.facts()['datagrams'] === 1);
    await new Promise((resolve) => setImmediate(resolve));
    await send(input, '1', '2', '3', '4', '5');
    await until('all are read', () => input.facts()['datagrams'] === 6);
    open1();
    await until('what was kept is there', () => input.emitted.length === 4);
    expect([input.payloads(), input.drops]).toEqual([[0, 1, 2, 3], { overflow: 2 }]);
  });

  it('hands on what it has before it closes', async () => {
    const input = await open({}, { emit: async () => new Promise((resolve) => setTimeout(resolve, 20)) });
    await send(input, '1', '2', '3');
    await until('all are read', () => input.facts()['datagrams'] === 3);
    await input.close();
    expect(input.payloads()).toEqual([1, 2, 3]);
  });
});

it('asks the system for room for bursts, and tells what it got', async () => {
  const [small, large] = [await open({ receive_buffer: '64KB' }), await open({ receive_buffer: '4MB' })];
  const [least, most] = [small, large].map((input) => input.facts()['receive_buffer_bytes'] as number);
  expect(least).toBeGreaterThanOrEqual(64 * 1024);
  expect(most).toBeGreaterThan(least!);
});

it.each([
  [{ port: 1, host: '192.0.2.1' }, /^this machine has no address 192\.0\.2\.1$/],
  [{ port: 0, host: '127.0.0.1', multicast_group: '239.1.2.3' }, undefined],
])('opens with %j, or says in a sentence why not', async (config, sentence) => {
  const input = rehearse(udpInput, config);
  const opened = input.open();
  if (sentence) await expect(opened).rejects.toThrow(sentence);
  else await opened;
  await input.close();
});

it.each([
  [{ multicast_group: 'ff15::7' }, undefined],
  [{ multicast_group: 'ff02::7', interface: 'lo' }, undefined],
  [{ multicast_group: '239.1.1.1', interface: 'lo' }, undefined],
  [{ multicast_group: '239.1.1.1', interface: 'no-such' }, /no interface "no-such"; it has .*lo/],
])('joins %j, or says why not', async (config, words) => {
  const input = rehearse(udpInput, { port: 0, ...config });
  const opened = input.open();
  if (words) await expect(opened).rejects.toThrow(words);
  else await opened;
  await input.close();
});

it.runIf(ipv6Interface)('hears a group of IPv6 on the interface that is named', async () => {
  // of the scope that never leaves the machine
  const group = 'ff01::7:8';
  const input = await open({ host: '0.0.0.0', multicast_group: group, interface: ipv6Interface, format: 'text' });
  const sender = createSocket('udp6');
  await until('it is heard', () => {
    sender.send('hello', Number(input.facts()['listening']), `${group}%${ipv6Interface}`, () => undefined);
    return input.emitted.length > 0;
  });
  sender.close();
  expect(input.payloads()[0]).toMatchObject({ text: 'hello' });
});

it('writes the sender beside JSON', async () => {
  const input = await open({ sender_field: 'meta.from', format: 'json_lines' });
  await send(input, '{"a":1}\n{"a":2,"meta":{"b":3}}\n42');
  await until('both are there', () => input.emitted.length === 2);
  const from = `127.0.0.1:${socket.address().port}`;
  expect(input.payloads()).toEqual([
    { a: 1, meta: { from } },
    { a: 2, meta: { b: 3, from } },
  ]);
  expect(input.invalid).toEqual([expect.stringContaining('"meta.from" cannot be written')]);
});

it('takes lines of text within a packet, in other characters too', async () => {
  const input = await open({ format: 'text_lines', encoding: 'windows-1252' });
  await send(input, Buffer.from('K\xf6ln\r\n21\xb0C\n', 'latin1'));
  await until('both are there', () => input.emitted.length === 2);
  expect(input.payloads().map((payload) => (payload as { text: string }).text)).toEqual(['Köln', '21°C']);
});

it('names an interface only with a group', () => {
  const { error } = udpInput.config.safeParse({ interface: 'lo' });
  expect(error?.issues[0]).toMatchObject({ path: ['interface'] });
});

it('refuses a multicast group that is none', () => {
  const parsed = udpInput.config.safeParse({ multicast_group: '192.168.1.1' });
  expect(parsed.error?.issues[0]?.message).toContain('lies between 224.0.0.0 and 239.255.255.255');
});

it.runIf(existsSync('/proc/net/udp'))('counts what the system had no room for, packet by packet', async () => {
  const input = await open({ receive_buffer: '8KB' });
  const port = String(input.facts()['listening']);
  const count = 3000;
  const script = `const s = require('node:dgram').createSocket('udp4'); let left = ${count};
    const next = () => left-- > 0 ? s.send('{"a":1}', ${port}, '127.0.0.1', next) : s.close(); next();`;
  // this process reads nothing meanwhile
  execFileSync(process.execPath, ['-e', script]);
  await until('all are handed on or counted', () => input.emitted.length + (input.drops['socket_full'] ?? 0) === count);
  expect(input.drops['socket_full']).toBeGreaterThan(0);
});

describe('over a redeploy', () => {
  it('takes what comes meanwhile, at the same port', async () => {
    const place: NonNullable<Parameters<typeof rehearse>[2]>['place'] = {};
    const first = await open({}, { place });
    const port = first.facts()['listening'];
    await send(first, '1');
    await until('it is there', () => first.emitted.length === 1);
    await first.close();
    running.splice(running.indexOf(first), 1);
    for (const text of ['2', '3'])
      await new Promise((resolve) => socket.send(text, Number(port), '127.0.0.1', resolve));
    const second = await open({}, { place });
    await until('both are there', () => second.emitted.length === 2);
    expect([second.payloads(), second.facts()['listening'], second.drops]).toEqual([[2, 3], port, {}]);
    await place.parked?.end();
  });
});

it('reads what the system has for it before it closes', async () => {
  const input = await open();
  const port = String(input.facts()['listening']);
  const script = `const s = require('node:dgram').createSocket('udp4'); let left = 500;
    const next = () => left-- > 0 ? s.send('{"a":1}', ${port}, '127.0.0.1', next) : s.close(); next();`;
  // this process reads nothing meanwhile
  execFileSync(process.execPath, ['-e', script]);
  await input.close();
  expect(input.emitted.length + (input.drops['socket_full'] ?? 0)).toBe(500);
  expect(input.emitted.length).toBeGreaterThan(50);
});

it('hears IPv4 and IPv6 on "::", and takes an empty packet for nothing', async () => {
  const input = await open({ host: '::', format: 'text' });
  const port = input.facts()['listening'] as number;
  const six = createSocket('udp6');
  await send(input, '', 'four');
  await new Promise<void>((resolve) => six.send('six', port, '::1', () => resolve()));
  await until('both are there', () => input.emitted.length === 2);
  expect((input.payloads() as { text: string }[]).map(({ text }) => text).sort()).toEqual(['four', 'six']);
  expect(JSON.stringify(input.payloads())).not.toContain('ffff');
  six.close();
});

it('hears the group on the interface that is named', async () => {
  const input = await open({ multicast_group: '239.255.7.8', format: 'text' });
  const port = input.facts()['listening'] as number;
  const far = createSocket('udp4');
  await new Promise<void>((resolve) => far.bind(0, '127.0.0.1', resolve));
  far.setMulticastInterface('127.0.0.1');
  far.setMulticastLoopback(true);
  await new Promise((resolve) => far.send('to the group', port, '239.255.7.8', resolve));
  await send(input, 'to the address');
  await until('both are there', () => input.emitted.length === 2);
  far.close();
});

const card = { address: '192.168.7.2', netmask: '255.255.255.0', internal: false };
it.each([
  ['192.168.7.2', card, ['192.168.7.255', '255.255.255.255']],
  ['10.1.2.3', { ...card, address: '10.1.2.3', netmask: '255.240.0.0' }, ['10.15.255.255', '255.255.255.255']],
  ['0.0.0.0', card, []],
  ['127.0.0.1', { address: '127.0.0.1', netmask: '255.0.0.0', internal: true }, []],
  ['fe80::1', { address: 'fe80::1', netmask: 'ffff::', internal: false }, []],
])('an input on %s hears broadcasts', (host, found, expected) => expect(broadcastsOf(host, [found])).toEqual(expected));
