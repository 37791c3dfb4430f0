import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import type { SomeFailed, TransientFault } from '../../../engine/fault.ts';
import { udpOutput } from './udp-output.component.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const receiver = async (type: 'udp4' | 'udp6' = 'udp4', host = '127.0.0.1') => {
  const socket = createSocket(type);
  const came: Buffer[] = [];
  const ports: number[] = [];
  socket.on('message', (packet, { port }) => {
    came.push(packet);
    ports.push(port);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  ended.push(() => new Promise<void>((resolve) => socket.close(resolve)));
  return { port: socket.address().port, came, ports };
};
const opened = async (config: Record<string, unknown>): Promise<Rehearsal> => {
  const output = rehearse(udpOutput, { address: '127.0.0.1', ...config });
  await output.open();
  ended.push(() => output.close());
  return output;
};
const failedOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<[number, string, string][]> => {
  const fault = (await output.feed(payloads).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as SomeFailed;
  return [...fault.failed].sort(([a], [b]) => a - b).map(([at, { name, message }]) => [at, name, message]);
};

it.each<[string, unknown[], string[]]>([
  ['json', [{ a: 1 }, 'x', [2]], ['{"a":1}', '"x"', '[2]']],
  ['text', ['grüße', { text: 'two\nlines', from: 'x' }], ['grüße', 'two\nlines']],
  ['bytes', [{ data: 'AP8=', from: 'x' }, 'AAE='], ['\u0000\u00ff', '\u0000\u0001']],
])('sends a packet for each message: %s', async (format, payloads, expected) => {
  const { port, came } = await receiver();
  await (await opened({ port, format })).feed(payloads);
  await until('they are there', () => came.length === payloads.length);
  const encoding = format === 'bytes' ? 'latin1' : 'utf8';
  expect(came.map((packet) => packet.toString(encoding)).sort()).toEqual([...expected].sort());
});

it('sends many in their order, from one port', async () => {
  const { port, came, ports } = await receiver();
  const output = await opened({ port });
  const all = Array.from({ length: 300 }, (_, n) => n);
  for (let at = 0; at < all.length; at += 100) {
    await output.feed(all.slice(at, at + 100));
    await until('they are there', () => came.length === at + 100);
  }
  expect(came.map(Number)).toEqual(all);
  expect(new Set(ports).size).toBe(1);
  expect(output.facts()).toMatchObject({ packets: 300 });
});

it('reaches IPv6 and names, and groups', async () => {
  const six = await receiver('udp6', '::1');
  await (await opened({ address: '::1', port: six.port })).feed([6]);
  const named = await receiver();
  await (await opened({ address: 'localhost', port: named.port })).feed([4]).catch(() => undefined);
  await until('it is there', () => six.came.length === 1);
});

it('makes dead letters of what is no packet, and sends the others', async () => {
  const { port, came } = await receiver();
  const output = await opened({ port, format: 'text', max_size: '10B' });
  expect(await failedOf(output, ['a', 5, 'x'.repeat(11), { text: 1 }, 'b'])).toEqual([
    [1, 'InvalidMessage', 'it holds no text: a text is the payload itself, or its field "text"'],
    [2, 'InvalidMessage', 'it takes 11 bytes, more than the 10 of "max_size"'],
    [3, 'InvalidMessage', 'it holds no text: a text is the payload itself, or its field "text"'],
  ]);
  await until('the others are there', () => came.length === 2);
  const bytes = await opened({ port, format: 'bytes' });
  expect(await failedOf(bytes, [{ data: 'no base64' }])).toEqual([
    [0, 'InvalidMessage', 'it holds no bytes: they are base64, the payload itself or its field "data"'],
  ]);
});

it('is not disturbed by a receiver that is not there', async () => {
  const { port } = await receiver();
  await ended.pop()!();
  const output = await opened({ port });
  for (const n of [1, 2, 3]) await output.feed([n]);
  expect([output.facts()['packets'], output.faults]).toEqual([3, []]);
});

it('waits for a name that is not known, and says so; says what is wrong with its own address', async () => {
  const output = await opened({ address: 'no.such.name.invalid', port: 5000 });
  const fault = (await output.feed([1]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as TransientFault;
  expect([fault.name, fault.message]).toEqual([
    'TransientFault',
    expect.stringMatching(/^no\.such\.name\.invalid:5000: the name (is not known|cannot be looked up now)$/),
  ]);
  await expect(opened({ interface: '192.0.2.1', port: 5000 })).rejects.toThrow('this machine has no address 192.0.2.1');
});

it('sends to all machines of a network only where it is said that it may', async () => {
  const refused = await opened({ address: '255.255.255.255', port: 9 });
  const [[, name, sentence] = []] = await failedOf(refused, [1]);
  // without any network there is no way to them either
  expect([name, sentence]).toEqual([
    'TransientFault',
    expect.stringMatching(/set "broadcast" for that$|there is no network$|there is no way to it$/),
  ]);
});
