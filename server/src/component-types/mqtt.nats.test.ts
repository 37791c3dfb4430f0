import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listenFor, type Mosquitto, publishLines, startMosquitto } from '../component-kit/testing/mosquitto.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** MQTT in a flow of the server as people run it, between two brokers. */
let server: RunningServer;
let source: Mosquitto;
let target: Mosquitto;
beforeAll(async () => {
  [server, source, target] = await Promise.all([startServer(), startMosquitto(), startMosquitto()]);
}, 180_000);
afterAll(async () => {
  await Promise.all([server.end('SIGKILL'), source.end(), target.end()]);
});

const observed = async (id: string): Promise<string> => {
  const { body } = await server.call('GET', `/api/v1/flows/${id}/status`);
  return (body as { observed: string }).observed;
};
const at = ({ port }: Mosquitto, topic: string, ...more: string[]): string[] => [
  ...['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-q', '1'],
  ...more,
];
const count = 2000;

it(
  'nothing with QoS 1 is lost between two brokers, whichever of them or of ours is killed, frozen or ended',
  { timeout: 240_000 },
  async () => {
    const flow = {
      id: 'between',
      components: [
        {
          id: 'in',
          type: 'mqtt_input',
          config: { url: source.url, topics: ['from/#'], keep_alive: '2s', longest_wait: '1s' },
        },
        {
          id: 'out',
          type: 'mqtt_output',
          config: { url: target.url, topic: 'to/{@header.topic}', keep_alive: '2s', timeout: '2s', longest_wait: '1s' },
        },
      ],
    };
    const listener = await listenFor(...at(target, 'to/#', '-c', '-i', 'listener', '-F', '%t %p'));
    await server.call('POST', '/api/v1/flows', flow);
    await server.call('POST', '/api/v1/flows/between/deploy?wait=20s');
    await eventually('the flow runs', async () => (await observed('between')) === 'running');

    // everything waits at the first broker before anything happens to it
    await server.call('POST', '/api/v1/flows/between/stop?wait=20s');
    await publishLines(
      Array.from({ length: count }, (_, n) => `{"n":${n}}`),
      ...at(source, 'from/x', '-V', 'mqttv5'),
    );
    await source.save();
    await server.call('POST', '/api/v1/flows/between/start');
    const arrived = (): number => new Set(listener.lines()).size;
    const reaches = async (share: number): Promise<unknown> =>
      eventually(`${share} of it are there`, async () => Promise.resolve(arrived() >= count * share), 120_000);

    await reaches(0.05);
    await source.kill();
    await source.start();
    await reaches(0.2);
    target.freeze();
    await sleep(3000);
    target.thaw();
    await reaches(0.4);
    const { dataDir } = server;
    await server.end('SIGKILL');
    server = await startServer({}, dataDir);
    await reaches(0.6);
    await target.stop();
    await target.start();
    await reaches(1);
    listener.end();

    const numbers = listener.lines().map((line) => {
      const [topic, payload] = line.split(' ');
      expect(topic).toBe('to/from/x');
      return (JSON.parse(payload!) as { n: number }).n;
    });
    expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
  },
);
