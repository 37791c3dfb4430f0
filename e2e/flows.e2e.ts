import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { byHand } from '../server/src/nats/peek.ts';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const numbers = { id: 'numbers', type: 'simulator_input', config: { rate: 50 } };
const log = { id: 'log', type: 'file_output', config: { path: 'log.ndjson' } };

test('L1 an empty list offers templates; one of them, deployed, shows a rate', async ({ startInstance, page }) => {
  const server = await startInstance();
  await page.goto(server.address);
  await page
    .getByRole('main')
    .getByRole('button', { name: /simulat|try/i })
    .first()
    .click();
  await expect(page).toHaveURL(/\/flows\//);
  await page.goto(server.address);
  await expect(
    page
      .getByRole('main')
      .getByText(/[1-9]\d*(\.\d)?\/s/)
      .first(),
  ).toBeVisible();
});

test('an output that has had no receiver yet says so, and its flow needs no attention', async ({
  startInstance,
  receive,
  page,
}) => {
  const server = await startInstance();
  const port = await freePort();
  const out = { id: 'out', type: 'websocket_output', name: 'Control room', config: { host: '127.0.0.1', port } };
  await server.rest.run({ id: 'link', name: 'Link', components: [numbers, out] });
  await page.goto(`${server.address}/flows/link`);
  await expect(page.getByRole('group', { name: /^Control room/ })).toContainText('No receiver yet');
  await page.goto(server.address);
  await expect(page.getByText('The flow runs well')).toBeVisible();
  const receiver = await receive(`ws://127.0.0.1:${port}`);
  await until('it receives', () => receiver.texts.length > 0);
  receiver.close();
  await expect(page.getByText(/1 needs attention/)).toBeVisible();
});

test('L3 search and filter stand in the address', async ({ startInstance, page }) => {
  const server = await startInstance();
  for (const name of ['Harbour', 'Airfield', 'Greenhouse'])
    await server.rest.create({ name, components: [numbers, log] });
  await page.goto(server.address);
  await page.getByRole('searchbox').or(page.getByPlaceholder('Search flows')).first().fill('air');
  await expect(page.getByText('Airfield')).toBeVisible();
  await expect(page.getByText('Harbour')).toBeHidden();
  await expect(page).toHaveURL(/air/);
  await page.reload();
  await expect(page.getByText('Airfield')).toBeVisible();
  await expect(page.getByText('Harbour')).toBeHidden();
});

test('L4 a failed start says why in its row', async ({ startInstance, page }) => {
  const server = await startInstance();
  const { port } = new URL(server.address);
  await server.rest.create({
    id: 'blocked',
    name: 'Blocked',
    components: [numbers, { id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port: Number(port) } }],
  });
  await server.rest.deploy('blocked');
  await page.goto(server.address);
  await expect(page.getByText(new RegExp(`port ${port} is used by another program`)).first()).toBeVisible();

  await page.getByRole('link', { name: 'Blocked' }).click();
  await expect(page.getByText(new RegExp(`^Not running: .*port ${port} is used by another program`))).toBeVisible();
  await page.getByRole('button', { name: 'Start again now' }).click();
  await expect(page.getByText('“Blocked” is told to start, version 1')).toBeVisible();
});

test('a flow whose draft is gone or damaged says so, and gets back what was deployed', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  for (const id of ['lost', 'spoilt'])
    await server.rest.run({ id, name: `Flow ${id}`, components: [numbers, { ...log, config: { path: id } }] });
  await byHand(server.dataDir, async ({ streams }, nats) => {
    await streams.purge('KV_semstreams_flows', { filter: '$KV.semstreams_flows.lost' });
    nats.publish('$KV.semstreams_flows.spoilt', 'garbage');
    await nats.flush();
  });
  await page.goto(`${server.address}/flows/lost`);
  await expect(page.getByRole('heading', { name: 'The draft of “lost” is gone' })).toBeVisible();
  await page.getByRole('button', { name: 'Restore what was deployed' }).click();
  await expect(page.getByRole('heading', { name: /^Flow lost/ })).toBeVisible();

  await page.goto(server.address);
  await expect(page.getByText(/^Its draft cannot be read/)).toBeVisible();
  await page.getByRole('button', { name: 'More for spoilt' }).click();
  await page.getByRole('menuitem', { name: 'Restore what was deployed' }).click();
  await expect(page.getByRole('link', { name: 'Flow spoilt' })).toBeVisible();
  await expect(page.getByText(/^Its draft cannot be read/)).toBeHidden();
});

test('L5 broken JSON names its line and changes nothing', async ({ startInstance, page }) => {
  const server = await startInstance();
  const file = join(server.folder, 'broken.json');
  writeFileSync(file, '{\n  "name": "Broken",\n  "components": [,]\n}\n');
  await page.goto(server.address);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(file);
  await expect(
    page
      .getByRole('dialog')
      .getByText(/line 3/i)
      .first(),
  ).toBeVisible();
  expect(await server.rest.flows()).toEqual([]);
});

test('L2 a flow is made, duplicated and deleted, and the deletion is taken back', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.create({ id: 'harbour', name: 'Harbour', components: [numbers, log] });
  await page.goto(server.address);
  const menu = page.getByRole('button', { name: /Harbour/ }).last();
  await menu.click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect.poll(async () => (await server.rest.flows()).length).toBe(2);
  await page.goto(server.address);
  await menu.click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Harbour').first()).toBeVisible();
  await expect.poll(async () => (await server.rest.flows()).map(({ id }) => id)).toContain('harbour');
});

test('a flow that runs is deleted after a question, which can be answered with no', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run({ id: 'harbour', name: 'Harbour', components: [numbers, log] });
  await page.goto(server.address);
  const menu = page.getByRole('button', { name: 'More for Harbour' });
  const remove = async () => {
    await menu.click();
    await page.getByRole('menuitem', { name: 'Stop and delete Harbour' }).click();
  };
  await remove();
  const dialog = page.getByRole('dialog', { name: 'Stop and delete “Harbour”?' });
  await expect(dialog).toContainText('It runs at present');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
  expect((await server.rest.status('harbour')).observed).toBe('running');
  await remove();
  await dialog.getByRole('button', { name: 'Stop and delete' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await server.rest.running('harbour');
});

test('L6 the whole page by keyboard', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.create({ id: 'harbour', name: 'Harbour', components: [numbers, log] });
  await page.goto(server.address);
  await expect(page.getByText('Harbour').first()).toBeVisible();
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
      );
      if (name.test(focused)) return;
    }
    throw new Error(`nothing named ${name} gets the focus`);
  };
  await tabTo(/^Search flows$/);
  await tabTo(/^Deploy Harbour$/);
  await page.keyboard.press('Enter');
  await server.rest.running('harbour');
  await tabTo(/^More for Harbour$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'More for Harbour' })).toBeFocused();
  await page.reload();
  await expect(page.getByText('Harbour').first()).toBeVisible();
  await tabTo(/^New flow$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('Airfield');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/flows\/airfield/);
});
