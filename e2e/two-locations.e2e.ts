import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EditorPage } from './editor.ts';
import { freePort, freeUdpPort } from './free-port.ts';
import type { Instance } from './instance.ts';
import {
  droppedBySystem,
  type GlobalPosition,
  globalPositions,
  groundTruth,
  recording,
  sendByUdp,
} from './recording.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const source = 'sitl-copter.raw';

test('a person draws a flow at two locations, and what flies above 5 m at A is in the file at B', async ({
  startInstance,
  browser,
}) => {
  test.slow();
  const [a, b] = [await startInstance({ NAME: 'location-a' }), await startInstance({ NAME: 'location-b' })];
  const [vehiclePort, linkPort] = [await freeUdpPort(), await freePort()];
  for (const { rest } of [a, b]) await rest.create({ id: 'flight', name: 'Flight', components: [] });

  const atA = await EditorPage.open(await browser.newPage(), a.address, 'flight');
  await atA.add('Vehicle (MAVLink)', 'Get data in');
  await atA.fill('Port', String(vehiclePort));
  await atA.add('Filter', 'Change data');
  await atA.inspector.getByRole('button', { name: 'Add a rule' }).click();
  await atA.fill('Field', 'relative_alt');
  await atA.field('Is').selectOption('above');
  await atA.field('Value: understood as').selectOption('Number');
  await atA.fill('Value', '5000');
  await atA.add('To location', 'Send data out');
  await atA.fill('Port', String(linkPort));
  await atA.tidy();
  await atA.connect('vehicle-mavlink.out', 'filter.in');
  await atA.connect('filter.out', 'to-location.in');
  await atA.saved();
  await atA.deploy();
  await a.rest.running('flight');

  const atB = await EditorPage.open(await browser.newPage(), b.address, 'flight');
  await atB.add('From location', 'Get data in');
  await atB.fill('Address', `ws://127.0.0.1:${linkPort}`);
  await atB.add('File', 'Send data out');
  await atB.fill('File', 'high.ndjson');
  await atB.tidy();
  await atB.connect('from-location.out', 'file.in');
  await atB.saved();
  await atB.deploy();
  await b.rest.running('flight');

  const bytes = recording(source);
  await sendByUdp(bytes, vehiclePort);

  const truth = groundTruth<{ frames_checksum_ok: number; global_position_int: { relative_alt_over_5000mm: number } }>(
    source,
  );
  const expected = globalPositions(bytes).filter(({ relative_alt }) => relative_alt > 5000);
  expect(expected).toHaveLength(truth.global_position_int.relative_alt_over_5000mm);
  await until('A has read every frame', async () => {
    const [vehicle, filter] = (await a.rest.status('flight')).components;
    return vehicle!.in_total === truth.frames_checksum_ok && filter!.in_total === truth.frames_checksum_ok;
  });
  await until('B has a line for each', () => linesOf(b).length >= expected.length);
  const kept = linesOf(b).map(({ time_boot_ms, lat, lon, relative_alt }) => ({ time_boot_ms, lat, lon, relative_alt }));
  expect(kept).toEqual(expected);
  expect(droppedBySystem(vehiclePort)).toBe(0);
});

const linesOf = (server: Instance): GlobalPosition[] => {
  const path = join(server.dataDir, 'high.ndjson');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as GlobalPosition);
};
