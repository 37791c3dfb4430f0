import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowDocument } from '@semstreams/contract';
import { startMosquitto } from '../server/src/component-kit/testing/mosquitto.ts';
import { hasPostgres, startPostgres } from '../server/src/component-kit/testing/postgres.ts';
import { aggregateToInflux } from '../ui/src/flows/influx-document.ts';
import { mqttSensors } from '../ui/src/flows/mqtt-document.ts';
import { mqttToPostgresql } from '../ui/src/flows/postgresql-document.ts';
import { sensorsWithAlert } from '../ui/src/flows/sensor-documents.ts';
import { aisShips } from '../ui/src/flows/ship-documents.ts';
import { csvCleanUp } from '../ui/src/flows/table-documents.ts';
import { deviceHealth, polledService, webhookToFile } from '../ui/src/flows/web-documents.ts';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

/** A document with other addresses, since those of a template are what people would take. */
const moved = (document: FlowDocument, from: string, to: string): FlowDocument =>
  JSON.parse(JSON.stringify(document).replaceAll(from, to)) as FlowDocument;

test('the templates of webhook, web service, device and sensors run as they are offered', async ({ startInstance }) => {
  const { rest, address, dataDir } = await startInstance();
  const run = async (document: FlowDocument): Promise<void> => {
    const { id } = await rest.create(document);
    await rest.deploy(id);
    await until(`"${id}" runs`, async () => (await rest.status(id)).observed === 'running');
  };
  const linesOf = async (file: string, count: number): Promise<Record<string, unknown>[]> =>
    until(`${count} lines of ${file}`, () => {
      const path = join(dataDir, file);
      const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
      return lines.length >= count && lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    });
  await run(moved(webhookToFile, '8090', String(await freePort())));
  await run(moved(polledService, 'http://127.0.0.1:8080', address));
  await run(deviceHealth);
  await run(sensorsWithAlert);
  expect((await linesOf('orders.ndjson', 2)).map(({ vehicle }) => vehicle)).toEqual(['simulated-1', 'simulated-1']);
  expect((await linesOf('changes.ndjson', 1))[0]).toMatchObject({ nats: expect.anything() as unknown });
  expect((await linesOf('device-health.ndjson', 1))[0]).toMatchObject({ memory_free: expect.any(Number) as unknown });
  const alerts = await linesOf('alerts.ndjson', 4);
  expect(alerts[0]).toMatchObject({ event: 'enter', message: { room: expect.any(String) as unknown } });
  expect(alerts.some(({ event }) => event === 'leave')).toBe(true);
  const means = await linesOf('means.ndjson', 3);
  expect(new Set(means.map(({ room }) => room)).size).toBeGreaterThan(1);
  for (const { temperature_mean: mean } of means) expect(mean).toBeCloseTo(21, -1);
});

test('the template of ships runs as it is offered, with the recording that a start lays out', async ({
  startInstance,
}) => {
  const { rest, dataDir } = await startInstance();
  mkdirSync(join(dataDir, 'recordings'));
  const name = 'harbour-gofree.nmea.gz';
  copyFileSync(join(import.meta.dirname, '../examples/data/nmea', name), join(dataDir, 'recordings', name));
  const { id } = await rest.create(aisShips);
  await rest.deploy(id);
  const path = join(dataDir, 'ships.ndjson');
  const ships = await until('ships are kept', () => {
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    return lines.length >= 20 && lines.map((line) => JSON.parse(line) as Record<string, number>);
  });
  expect(new Set(ships.map(({ mmsi }) => mmsi)).size).toBeGreaterThan(10);
  // the harbour is that of Harlingen
  for (const { latitude, longitude } of ships) {
    expect(Math.abs(latitude! - 53)).toBeLessThan(2);
    expect(Math.abs(longitude! - 5)).toBeLessThan(2);
  }
});

test('the template of sensors by MQTT runs as it is offered, and waits for a broker', async ({ startInstance }) => {
  const { rest, dataDir } = await startInstance();
  const broker = await startMosquitto();
  try {
    await broker.stop();
    const { id } = await rest.create(moved(mqttSensors, 'mqtt://127.0.0.1:1883', broker.url));
    await rest.deploy(id);
    await until('it says that it waits', async () =>
      (await rest.status(id)).sentence.includes('nothing listens there'),
    );
    await broker.start();
    const path = join(dataDir, 'readings.ndjson');
    const lines = await until('readings are kept', () => {
      const found = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
      return found.length >= 3 && found;
    });
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ temperature: expect.any(Number) as unknown });
  } finally {
    await broker.end();
  }
});

test('the template of MQTT to PostgreSQL runs as it is offered, and waits for a database', async ({
  startInstance,
}) => {
  test.skip(!hasPostgres, 'there is no PostgreSQL on this machine');
  const { rest } = await startInstance();
  const [broker, database] = await Promise.all([startMosquitto(), startPostgres()]);
  try {
    await database.stop();
    const here = moved(mqttToPostgresql, 'mqtt://127.0.0.1:1883', broker.url);
    const { id } = await rest.create(moved(here, '127.0.0.1:5432', `127.0.0.1:${database.port}`));
    await rest.deploy(id);
    await until('it says that it waits', async () =>
      (await rest.status(id)).sentence.includes('nothing listens there'),
    );
    await database.start();
    const rows = await until('readings are rows', async () => {
      const found = await database.ask('SELECT * FROM readings ORDER BY measured_at').catch(() => []);
      return found.length >= 3 && found;
    });
    for (const { topic, room, temperature, measured_at: at, id: key } of rows) {
      expect(topic).toBe(`sensors/${room}`);
      expect(Math.abs(Number(temperature) - 21)).toBeLessThanOrEqual(4);
      expect(Math.abs(Date.parse(at!) - Date.now())).toBeLessThan(600_000);
      expect(key).toMatch(/./);
    }
  } finally {
    await Promise.all([broker.end(), database.end()]);
  }
});

test('the template of a table runs as it is offered, and keeps what can be right', async ({ startInstance }) => {
  const { rest, dataDir } = await startInstance();
  const { id } = await rest.create(csvCleanUp);
  await rest.deploy(id);
  const path = join(dataDir, 'tidy.csv');
  const lines = await until('a table is kept', () => {
    const found = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    return found.length >= 3 && found;
  });
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z,/;
  expect(lines.slice(0, 3).map((line) => line.replace(time, ''))).toEqual([
    'at,room,temperature,humidity',
    'Halle,21.5,40',
    'Labor; Keller,19.25,44',
  ]);
});

test('the template of means in InfluxDB runs as it is offered, and waits for a server', async ({ startInstance }) => {
  const { rest } = await startInstance();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { id } = await rest.create(moved(aggregateToInflux, 'http://127.0.0.1:8086', url));
  await rest.deploy(id);
  await until('it says that it waits', async () => (await rest.status(id)).sentence.includes('nothing listens there'));
  const points: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      points.push(...gunzipSync(Buffer.concat(chunks)).toString().trim().split('\n'));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    await until('means of all rooms have come', () => new Set(points.map((point) => point.split(' ')[0])).size === 3);
    for (const point of points)
      expect(point).toMatch(/^rooms,room=(hall|office|store) temperature_mean=[\d.]+ \d{19}$/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
