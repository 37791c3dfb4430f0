import { createServer } from 'node:net';
import AxeBuilder from '@axe-core/playwright';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';

const numbers = { id: 'numbers', type: 'simulator_input', config: { rate: 100 } };
const log = { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } };
/** A note is made every ten seconds. */
const noted = { timeout: 90_000 };

test('job k: which flows are broken, why, since when, and what happened, on one screen', async ({
  startInstance,
  page,
}) => {
  test.setTimeout(180_000);
  const server = await startInstance();
  const [taken, quiet] = [await freePort(), await freePort()];
  const other = createServer().listen(taken, '127.0.0.1');
  const out = (port: number) => ({ id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port } });
  for (let flow = 1; flow <= 9; flow += 1)
    await server.rest.run({
      id: `hall-${flow}`,
      name: `Hall ${flow}`,
      components: [numbers, { ...log, config: { path: `log-${flow}.ndjson` } }],
    });
  const broken = [
    { id: 'port', name: 'Gate sensors', components: [numbers, out(taken)] },
    {
      id: 'away',
      name: 'Uplink',
      components: [
        { id: 'from', type: 'websocket_input', config: { url: `ws://127.0.0.1:${quiet}` } },
        { ...log, config: { path: 'away.ndjson' } },
      ],
    },
    {
      id: 'file',
      name: 'Recording',
      components: [
        { id: 'from', type: 'file_input', config: { path: 'not-there.ndjson' } },
        { ...log, config: { path: 'file.ndjson' } },
      ],
    },
  ];
  for (const flow of broken) {
    await server.rest.create(flow);
    await server.rest.deploy(flow.id);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${server.address}/dashboard`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('9 of 12 flows run well, 3 need attention');
  const table = page.getByRole('region', { name: 'Flows' });
  const happened = page.getByRole('region', { name: 'What happened' });
  for (const [name, why] of [
    ['Gate sensors', `port ${taken} is used`],
    ['Uplink', `ws://127.0.0.1:${quiet}`],
    ['Recording', 'not-there.ndjson'],
  ] as const) {
    const row = table.getByRole('row', { name: new RegExp(name) });
    await expect(row).toContainText(why);
    await expect(row).toContainText(/since \d\d:\d\d:\d\d/);
    await expect(row).toBeInViewport();
    await expect(
      happened.getByRole('listitem').filter({ hasText: name }).filter({ hasText: why }).first(),
    ).toBeVisible();
  }
  await expect(happened.getByRole('listitem').filter({ hasText: 'Deployed' }).first()).toContainText(', by ');
  other.close();
});

test('D6, D7 a flow’s charts have a unit, a table that tells the same, marks, and their range in the address', async ({
  startInstance,
  page,
}) => {
  test.setTimeout(180_000);
  const server = await startInstance();
  await server.rest.run({ id: 'flight', name: 'Flight', components: [numbers, log] });
  await page.goto(`${server.address}/dashboard`);
  await page.getByRole('link', { name: 'How Flight went' }).click();
  const chart = page.getByRole('region', { name: 'Throughput', exact: true });
  await expect(chart.getByText('messages/s')).toBeVisible();
  const line = chart.getByRole('img');
  await expect(line).toHaveAccessibleName(/Messages in between .* at last (9\d|10\d)/, noted);
  await expect(chart.locator('[data-mark="change"] title')).toHaveText(/Deployed/);
  await page.getByText('24 h', { exact: true }).click();
  await expect(page).toHaveURL(/range=24h/);
  await page.reload();
  await expect(page.getByRole('radio', { name: '24 h' })).toBeChecked();
  await page.getByText('5 min', { exact: true }).click();
  await expect(line).toHaveAccessibleName(/at last/, noted);
  await expect
    .poll(async () => {
      const told = /Messages in between .*?, at last (\S+);/.exec((await line.getAttribute('aria-label'))!)![1];
      await chart.getByRole('button', { name: 'Show as table' }).click();
      const cells = await chart.getByRole('row').locator('td:nth-of-type(1)').allInnerTexts();
      await chart.getByRole('button', { name: 'Show as table' }).click();
      return [cells.includes('–'), cells.findLast((cell) => cell !== '–') === told];
    }, noted)
    .toEqual([true, true]);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});
