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
  let told = 0;
  page.on('websocket', (socket) => socket.on('framereceived', () => (told += 1)));
  await page.goto(`${line.address}/dashboard`);
  const rate = page.getByRole('group', { name: 'Messages in' }).locator('p');
  await expect(rate).toHaveText(/^(9|10)\d\s*\/s$/);
  line.cut();
  await expect(page.getByRole('button', { name: /Connection: (Reconnecting|Offline)/ })).toBeVisible();
  await expect(page.getByRole('main').getByText(/as of \d\d:\d\d:\d\d/)).toBeVisible();
  const seen = await rate.evaluateHandle((shown) => {
    const texts = new Set<string>();
    const look = () => {
      texts.add((shown as HTMLElement).innerText);
      requestAnimationFrame(look);
    };
    look();
    return texts;
  });
  line.mend();
  await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();
  await expect(page.getByRole('main').getByText(/as of/)).toBeHidden();
  const before = told;
  await until('it was told more often than it says anything else', () => told >= before + 6);
  const rates = (await seen.evaluate((texts) => [...texts])).map((text) => parseFloat(text.replace('−', '-')));
  expect(rates.length).toBeGreaterThan(0);
  expect(rates.filter((each) => !(each >= 0 && each < 200))).toEqual([]);
  line.close();
});
