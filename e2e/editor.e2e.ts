import { EditorPage } from './editor.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const empty = { id: 'flight', name: 'Flight', components: [] };
const running = {
  id: 'flight',
  name: 'Flight',
  components: [
    { id: 'numbers', type: 'simulator_input', name: 'Numbers', config: { rate: 50 } },
    { id: 'filter', type: 'json_filter', name: 'Keep' },
    { id: 'log', type: 'file_output', name: 'Log', config: { path: 'log.ndjson' } },
  ],
};

test('E1 click, drag and keyboard add the same', async ({ startInstance, page }) => {
  const server = await startInstance();
  const made: unknown[] = [];
  for (const [way, add] of Object.entries({
    click: (editor: EditorPage) => editor.add('Filter', 'Change data'),
    drag: (editor: EditorPage) =>
      editor.palette.getByRole('button', { name: 'Filter', exact: true }).dragTo(editor.canvas),
    keyboard: async (editor: EditorPage) => {
      await editor.palette.getByRole('searchbox').fill('filter');
      await page.keyboard.press('Enter');
    },
  })) {
    await server.rest.create({ ...empty, id: way });
    await add(await EditorPage.open(page, server.address, way));
    const flow = await until(`${way} is saved`, async () => {
      const stored = await server.rest.flow(way);
      return stored.components.length === 1 && stored;
    });
    made.push(flow.components);
  }
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).toEqual(made[0]);
});

test('E2 a wrong target is refused with its reason, and the document stays', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.create({ ...running, connections: [{ from: 'numbers', to: 'filter' }] });
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.tidy();
  await editor.saved();
  const before = await server.rest.flow('flight');
  await editor.pull('numbers.out', 'filter.in');
  await expect(page.getByRole('alert')).toContainText(/already|connected/i);
  expect((await server.rest.flow('flight')).connections).toEqual(before.connections);
});

test('E4 an edit is in the draft, the running version stays, a reload keeps it', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.card('Numbers').click();
  await editor.fill('Rate', '70');
  await until(
    'the draft has it',
    async () => (await server.rest.flow('flight')).components[0]!.config?.['rate'] === 70,
  );
  expect(await server.rest.status('flight')).toMatchObject({ version: 1, observed: 'running' });
  await page.reload();
  await editor.card('Numbers').click();
  await expect(editor.field('Rate')).toHaveValue('70');
});

test('E5 saving fails: a banner, nothing typed is lost, and it recovers by itself', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.create(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  await page.route('**/api/v1/flows/flight', (route) =>
    route.request().method() === 'PUT' ? route.fulfill({ status: 500, body: '' }) : route.continue(),
  );
  await editor.card('Numbers').click();
  await editor.fill('Rate', '71');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(editor.field('Rate')).toHaveValue('71');
  await page.unroute('**/api/v1/flows/flight');
  await until('it is saved', async () => (await server.rest.flow('flight')).components[0]!.config?.['rate'] === 71);
  await expect(page.getByRole('alert')).toBeHidden();
});

test('E8 the deploy dialog lists what changed, and a box that moved is nothing', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.tidy();
  await until('the places are saved', async () => (await server.rest.flow('flight')).layout !== undefined);
  await expect(page.getByText(/nothing to deploy/)).toBeVisible();
  await editor.card('Numbers').click();
  await editor.fill('Rate', '72');
  await expect(page.getByText(/1 change/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const changes = page.getByRole('dialog').getByRole('list', { name: 'Changes' }).getByRole('listitem');
  await expect(changes).toHaveCount(1);
  await expect(changes).toContainText('Numbers');
});

test('E9 an older version becomes the draft, and what runs goes on', async ({ startInstance }) => {
  const server = await startInstance();
  await server.rest.run(running);
  const draft = await server.rest.flow('flight');
  await server.rest.save({ ...draft, components: running.components.toSpliced(1, 1) });
  await server.rest.deploy('flight');
  await server.rest.call('POST', '/api/v1/flows/flight/restore', { version: 1 });
  expect((await server.rest.flow('flight')).components).toEqual(draft.components);
  expect(await server.rest.running('flight')).toMatchObject({ version: 2 });
});

test('E13 rates appear on connections, and a stopped flow says so', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  await expect(editor.canvas.getByText(/^[1-9]\d*\/s$/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(editor.card('Numbers')).toContainText('Stopped');
});

test('E15 a component of a type that nobody knows survives the edit of another', async ({ startInstance, page }) => {
  const server = await startInstance();
  const strange = { id: 'strange', type: 'of_the_future', config: { deep: { er: [1, null] } } };
  await server.rest.create({ ...running, components: [...running.components, strange] });
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.card('Numbers').click();
  await editor.fill('Rate', '73');
  const flow = await until('it is saved', async () => {
    const stored = await server.rest.flow('flight');
    return stored.components[0]!.config?.['rate'] === 73 && stored;
  });
  expect(flow.components[3]).toEqual(strange);
});

test('E7 a wrong number is said under the field, on the card and at Deploy; a click leads there', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  const said = page.getByRole('button', { name: '1 problem', exact: true });
  await editor.card('Numbers').click();
  await editor.fill('Rate', '-5');
  await expect(editor.field('Rate')).toHaveAttribute('aria-invalid', 'true');
  await expect(editor.card('Numbers')).toHaveAccessibleName(/1 problem/);
  await said.click();
  await editor.dock.getByRole('list', { name: 'Problems' }).getByRole('button').first().click();
  await expect(editor.field('Rate')).toBeFocused();
  await editor.fill('Rate', '5');
  await expect(said).toBeHidden();
  await expect(editor.card('Numbers')).not.toHaveAccessibleName(/problem/);
});

test('E12 the outline shows every component and connection', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  for (const name of ['Numbers', 'Keep', 'Log']) await expect(editor.card(name)).toHaveAccessibleName(/Running/);
  await page.getByRole('button', { name: 'Outline' }).click();
  const outline = page.getByRole('region', { name: 'Outline' });
  for (const name of ['Numbers', 'Keep', 'Log'])
    await expect(outline.getByRole('button', { name: `Configure ${name}` })).toBeVisible();
  await expect(outline.getByRole('button', { name: /^Delete the connection from/ })).toHaveCount(2);
});

test('E16 Escape closes the top layer alone, and Ctrl+Z in a field undoes text', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.create(running);
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.card('Numbers').click();
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(editor.inspector).toBeVisible();
  await editor.field('Rate').click();
  await editor.field('Rate').press('End');
  await page.keyboard.type('7');
  await expect(editor.field('Rate')).toHaveValue('507');
  await page.keyboard.press('Control+z');
  await expect(editor.field('Rate')).toHaveValue('50');
  await expect(editor.card('Numbers')).toBeVisible();
});
