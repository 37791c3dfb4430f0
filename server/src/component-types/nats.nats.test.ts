import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NatsClient, type NatsServer, startNatsServer } from '../component-kit/testing/nats-server.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** NATS in a flow of the server as people run it, between two others. */
let server: RunningServer;
let source: NatsServer;
let target: NatsServer;
beforeAll(async () => {
  [server, source, target] = await Promise.all([startServer(), startNatsServer(), startNatsServer()]);
}, 180_000);
afterAll(async () => {
  await Promise.all([server.end('SIGKILL'), source.end(), target.end()]);
});

const count = 3000;
const quick = { keep_alive: '1s', timeout: '2s', longest_wait: '1s' };
const flow = (id: string) => ({
  id,
  components: [
    {
      id: 'in',
      type: 'nats_input',
      config: { ...quick, url: source.url, jetstream: true, stream: 'FROM', ack_wait: '1s', under_way: 100 },
    },
    {
      id: 'out',
      type: 'nats_output',
      config: { ...quick, url: target.url, jetstream: true, subject: 'to.{@header.subject}' },
    },
  ],
});

const arrived = async ({ manager }: NatsClient): Promise<number> =>
  manager.streams.info('TO').then(
    ({ state }) => state.messages,
    () => 0,
  );

it(
  'nothing is lost between two streams, nothing comes twice, and the order stays, whoever is killed, frozen or started again',
  { timeout: 300_000 },
  async () => {
    const [from, to] = await Promise.all([source.client(), target.client()]);
    await from.manager.streams.add({ name: 'FROM', subjects: ['from.>'] });
    await to.manager.streams.add({ name: 'TO', subjects: ['to.>'], duplicate_window: 600e9 });
    const numbers = Array.from({ length: count }, (_, n) => n);
    await Promise.all(numbers.map(async (n) => from.streams.publish('from.x', JSON.stringify({ n }))));
    await server.call('POST', '/api/v1/flows', flow('between'));
    await server.call('POST', '/api/v1/flows/between/deploy?wait=20s');

    const reaches = async (share: number): Promise<unknown> =>
      eventually(`${share} of it are there`, async () => (await arrived(to)) >= count * share, 120_000);
    await reaches(0.05);
    await source.kill();
    await source.start();
    await reaches(0.2);
    target.freeze();
    await sleep(3000);
    target.thaw();
    await target.kill();
    await target.start();
    await reaches(0.4);
    const { dataDir } = server;
    await server.end('SIGKILL');
    server = await startServer({}, dataDir);
    await reaches(0.7);
    await server.call('POST', '/api/v1/flows/between/stop?wait=20s');
    await server.call('POST', '/api/v1/flows/between/start?wait=20s');
    await reaches(1);
    await sleep(2000);

    const messages = await (await to.streams.consumers.get('TO')).fetch({ max_messages: count + 1000, expires: 5000 });
    const got: number[] = [];
    for await (const message of messages) {
      expect(message.subject).toBe('to.from.x');
      got.push(message.json<{ n: number }>().n);
    }
    expect(got).toEqual(numbers);
  },
);
