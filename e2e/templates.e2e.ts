import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowDocument } from '@semstreams/contract';
import { sensorsWithAlert } from '../ui/src/flows/sensor-documents.ts';
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
