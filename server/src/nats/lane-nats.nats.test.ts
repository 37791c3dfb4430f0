import { afterAll, expect, it } from 'vitest';
import { ForeignServer } from './foreign-server.ts';
import { LaneNats } from './lane-nats.ts';

const server = await (await ForeignServer.of()).start();
afterAll(async () => server.remove());

it('adds nothing to a buffer while the disk is full, and goes on when there is room', async () => {
  const diskFull = new SharedArrayBuffer(4);
  const nats = new LaneNats({ access: { servers: [`127.0.0.1:${server.port}`] }, replicas: 1, name: 'test', diskFull });
  const place = { flow: 'a', from: 'in', fromPort: 'out', to: 'end', toPort: 'in' };
  const log = nats.log(place, { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'drop_oldest' });
  await log.open();
  expect(await log.append(Buffer.from('first'), '1')).toBe(1);
  Atomics.store(new Int32Array(diskFull), 0, 1);
  await expect(log.append(Buffer.from('second'), '2')).rejects.toThrow('the disk is almost full');
  expect(Buffer.from((await log.read(1))!).toString()).toBe('first');
  Atomics.store(new Int32Array(diskFull), 0, 0);
  expect(await log.append(Buffer.from('second'), '2')).toBe(2);
});
