import { EditorPage } from './editor.ts';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';

const sensors = (id: string, port: number) => ({
  id,
  name: id,
  components: [
    { id: 'listen', type: 'tcp_input', name: 'Sensors', config: { host: '127.0.0.1', port } },
    { id: 'write', type: 'file_output', name: 'Log', config: { path: `${id}.ndjson` } },
  ],
});

test('a deploy that fails is told as such, and what is wrong now stands among the problems', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  const port = await freePort();
  await server.rest.run(sensors('first', port));
  await server.rest.create(sensors('second', port));
  const editor = await EditorPage.open(page, server.address, 'second');
  await editor.deployButton.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click();
  const told = page.getByText(
    /“second” is deployed, version 1, and does not run: .*port \d+ is used by the flow “first”/,
  );
  await expect(told).toBeVisible();
  await editor.dock.getByRole('tab', { name: 'Problems' }).click();
  const now = editor.dock.getByRole('list', { name: 'Now' }).getByRole('button');
  await expect(now).toContainText(/Sensors: .*port/);
  await now.click();
  await expect(editor.field('Port')).toBeFocused();
});

test('what an undo took away is chosen no more, and a new card is not wrong before it was looked at', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(sensors('only', await freePort()));
  const editor = await EditorPage.open(page, server.address, 'only');
  await editor.add('Split', 'Change data');
  await page.keyboard.press('Escape');
  await editor.card('Split').click();
  await editor.header.getByRole('button', { name: 'Undo' }).click();
  await expect(editor.card('Split')).toHaveCount(0);
  await editor.card('Log').click();
  await expect(editor.inspector.getByRole('textbox', { name: 'Name' })).toHaveValue('Log');

  await editor.add('Throttle', 'Change data');
  await expect(editor.inspector.getByText('This has to be given.')).toHaveCount(0);
});

test('a card says that nothing comes out of it', async ({ startInstance, page }) => {
  const server = await startInstance();
  const [listen, write] = sensors('quiet', await freePort()).components;
  const none = { rules: [{ field: 'n', operator: 'lt', value: 0 }] };
  await server.rest.run({
    id: 'quiet',
    name: 'Quiet',
    components: [listen!, { id: 'keep', type: 'json_filter', name: 'Keep', config: none }, write!],
  });
  const editor = await EditorPage.open(page, server.address, 'quiet');
  await expect(editor.card('Keep')).toBeVisible();
  await server.rest.inject('quiet', 'keep', [{ n: 1 }, { n: 2 }, { n: 3 }]);
  await expect(editor.card('Keep')).toContainText('lets none of 3 through');
});

test('settings are edited as JSON and as a form, one after the other', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.create(sensors('only', await freePort()));
  const editor = await EditorPage.open(page, server.address, 'only');
  await editor.card('Log').click();
  await editor.inspector.getByRole('button', { name: 'Edit as JSON' }).click();
  const text = editor.inspector.getByRole('textbox', { name: 'Settings' });
  await expect(text).toHaveValue(/only\.ndjson/);
  await text.fill('5');
  await expect(editor.inspector.getByText('This is no object in JSON yet.')).toBeVisible();
  await text.fill('{ "path": "other.ndjson" }');
  await editor.inspector.getByRole('button', { name: 'Edit as a form' }).click();
  await expect(editor.field('File')).toHaveValue('other.ndjson');
  await expect
    .poll(async () => (await server.rest.flow('only')).components[1]?.config, { timeout: 30_000 })
    .toEqual({ path: 'other.ndjson' });
});
