import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { EditorPage } from './editor.ts';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const flowOf = (rate: number, out: { type: string; config: Record<string, unknown> }) => ({
  id: 'flight',
  name: 'Flight',
  components: [
    {
      id: 'numbers',
      type: 'simulator_input',
      name: 'Numbers',
      config: { rate, fields: [{ kind: 'counter', field: 'n' }] },
    },
    { id: 'out', name: 'Out', ...out },
  ],
});
const toFile = { type: 'file_output', config: { path: 'log.ndjson' } };
const numberIn = (text: string): number => Number(/"n":\s*(\d+)/.exec(text)?.[1]);

test('T1, T3 messages are shown as they are; paused they stand still, and nothing is doubled after', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.run(flowOf(10, toFile));
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.lookAtMessages();
  const rows = editor.dock.getByRole('list', { name: 'Messages' }).getByRole('listitem');
  const numbers = async () => (await rows.locator('summary').allInnerTexts()).map(numberIn);
  await expect.poll(async () => rows.count()).toBeGreaterThan(5);

  await editor.dock.getByRole('button', { name: 'Pause' }).click();
  const still = await numbers();
  expect(still.every(Number.isInteger)).toBe(true);
  await expect
    .poll(async () => (await server.rest.status('flight')).components[0]!.out_total)
    .toBeGreaterThan(still[0]! + 10);
  expect(await numbers()).toEqual(still);

  await editor.dock.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(async () => rows.count()).toBeGreaterThan(still.length + 5);
  const all = await numbers();
  expect(new Set(all).size).toBe(all.length);
  expect(all).toEqual([...all].sort((a, b) => b - a));
});

test('T2, T5 a busy connection shows a few of many, and carries all of them in order', async ({
  startInstance,
  page,
}) => {
  const port = await freePort();
  const server = await startInstance();
  await server.rest.run(flowOf(5000, { type: 'websocket_output', config: { host: '127.0.0.1', port } }));
  const got: number[] = [];
  const receiver = new WebSocket(`ws://127.0.0.1:${port}`);
  receiver.on('message', (data: Buffer) => got.push(numberIn(data.toString())));
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.lookAtMessages();
  const rates = editor.dock.getByText(/ of .*\/s shown/);
  await expect(rates).toHaveText(/^\d+ of [1-9]\s\d{3}\/s shown$/);
  for (let look = 0; look < 5; look += 1) {
    expect(Number(/^\d+/.exec(await rates.innerText())![0])).toBeLessThanOrEqual(20);
    await editor.card('Numbers').click();
    await expect(editor.inspector).toBeVisible();
  }
  await until('enough has arrived', () => got.length > 5000);
  receiver.terminate();
  expect(got).toEqual(got.map((_, index) => got[0]! + index));
});

test('T4 the look ends with the tab, and a deployment begins it anew', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run(flowOf(10, toFile));
  const editor = await EditorPage.open(page, server.address, 'flight');
  const taps: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/tap?')) taps.push('begun');
  });
  page.on('requestfailed', (request) => {
    if (request.url().includes('/tap?')) taps.push('ended');
  });
  const rows = editor.dock.getByRole('list', { name: 'Messages' }).getByRole('listitem');
  await editor.lookAtMessages();
  await expect(rows.first()).toBeVisible();
  expect(taps).toEqual(['begun']);
  await editor.dock.getByRole('tab', { name: 'Versions' }).click();
  await expect.poll(() => taps).toEqual(['begun', 'ended']);

  await editor.lookAtMessages();
  await expect(rows.first()).toBeVisible();
  await server.rest.stop('flight');
  await expect(editor.dock.getByText('The flow does not run: start it to see its messages.')).toBeVisible();
  await server.rest.deploy('flight');
  await expect(rows.first()).toBeVisible();
});

test('T6 secrets are masked', async ({ newInstance, page }) => {
  const server = newInstance({ SECRETS_DIR: 'secrets' });
  mkdirSync(join(server.folder, 'secrets'));
  writeFileSync(join(server.folder, 'secrets', 'API_KEY'), 'correct horse\n');
  await server.start();
  const { id, name, components } = flowOf(10, toFile);
  const [numbers, out] = components;
  const steps = [{ do: 'set', field: 'key', value: '${API_KEY}' }];
  const map = { id: 'map', type: 'json_map', name: 'Sign', config: { steps } };
  await server.rest.run({ id, name, components: [numbers!, map, out!] });
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.card('Sign').click();
  await editor.lookAtMessages();
  const first = editor.dock.getByRole('list', { name: 'Messages' }).getByRole('listitem').first();
  await expect(first).toContainText('"key":"•••"');
});
