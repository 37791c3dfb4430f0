import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Rehearsal, rehearse, until } from '../rehearsal.ts';
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
  await once(socket, 'finish', { signal: AbortSignal.timeout(100) }).catch(() => undefined);
  expect(socket.writableLength).toBeGreaterThan(0);
  open();
  await until('all are there', () => running.emitted.length === count);
  expect(running.drops).toEqual({});
  expect(running.payloads().every((payload, number) => (payload as { number: number }).number === number)).toBe(true);
});
