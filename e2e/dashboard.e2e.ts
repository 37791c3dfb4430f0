import { CuttableLine } from './cuttable-line.ts';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const numbers = { id: 'numbers', type: 'simulator_input', config: { rate: 100 } };
const log = { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } };

test('D1, D6 the tile has the rate that the table has, and none when the flow is stopped', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.run({ id: 'flight', name: 'Flight', components: [numbers, log] });
  await page.goto(`${server.address}/dashboard`);
  const tile = page.getByRole('group', { name: 'Messages in' });
  const row = page.getByRole('region', { name: 'Flows' }).getByRole('row', { name: /Flight/ });
  const rates = async () => ({
    tile: parseFloat((await tile.locator('p').innerText()).replace(/\s/g, '')),
    row: parseFloat(await row.getByRole('cell').nth(2).innerText()),
  });
  await expect(async () => {
    const { tile: inTile, row: inRow } = await rates();
    expect(inTile).toBe(inRow);
    expect(Math.abs(inTile - 100)).toBeLessThanOrEqual(5);
  }).toPass();
  await server.rest.stop('flight');
  await expect.poll(rates).toEqual({ tile: 0, row: 0 });
});

test('D2, D3 what fails or waits is said with its name and leads there, and goes when it is mended', async ({
  startInstance,
  receive,
  page,
}) => {
  const port = await freePort();
  const server = await startInstance();
  const out = { id: 'out', type: 'websocket_output', name: 'Control room', config: { host: '127.0.0.1', port } };
  await server.rest.run({ id: 'flight', name: 'Flight', components: [numbers, out] });
  await page.goto(`${server.address}/dashboard`);
  await expect(page.getByRole('heading', { name: 'The flow runs well' })).toBeVisible();
  const first = await receive(`ws://127.0.0.1:${port}`);
  await until('it receives', () => first.texts.length > 0);
  first.close();
  await expect(page.getByRole('heading', { name: /1 needs attention/ })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('“Control room” waits: nobody is connected');
  await expect(page.getByRole('group', { name: 'Waiting' })).toContainText(/[1-9]/);
  await receive(`ws://127.0.0.1:${port}`);
  await expect(page.getByRole('heading', { name: 'The flow runs well' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Waiting' })).toContainText(/^Waiting\s*0 messages$/);
});

test('D4 after a line that was cut no rate is negative or too high', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run({ id: 'flight', name: 'Flight', components: [numbers, log] });
  const line = await CuttableLine.to(server.address);
  await page.goto(`${line.address}/dashboard`);
  const rate = page.getByRole('group', { name: 'Messages in' }).locator('p');
  await expect(rate).toHaveText(/^(9|10)\d\s*\/s$/);
  line.cut();
  await expect(page.getByRole('button', { name: /Connection: (Reconnecting|Offline)/ })).toBeVisible();
  await expect(page.getByRole('main').getByText(/as of \d\d:\d\d:\d\d/)).toBeVisible();
  line.mend();
  await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();
  await expect(page.getByRole('main').getByText(/as of/)).toBeHidden();
  for (let look = 0; look < 5; look += 1) {
    const shown = parseFloat(await rate.innerText());
    expect(shown).toBeGreaterThanOrEqual(0);
    expect(shown).toBeLessThan(200);
    await page.waitForTimeout(300);
  }
  line.close();
});
