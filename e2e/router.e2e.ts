import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EditorPage } from './editor.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const flow = {
  id: 'routed',
  name: 'Routed',
  components: [
    { id: 'numbers', type: 'simulator_input', name: 'Numbers', config: { rate: 50 } },
    { id: 'way', type: 'router', name: 'Way' },
    { id: 'kept', type: 'file_output', name: 'Kept', config: { path: 'kept.ndjson' } },
    { id: 'rest', type: 'file_output', name: 'Rest', config: { path: 'rest.ndjson' } },
  ],
  connections: [
    { from: 'numbers.out', to: 'way.in' },
    { from: 'way.else', to: 'rest.in' },
  ],
};

test('a route that a person adds has a port, is connected, keeps its connection under another name, and gets its messages', async ({
  startInstance,
  page,
}) => {
  test.slow();
  const { rest, address, dataDir } = await startInstance();
  await rest.create(flow);
  const editor = await EditorPage.open(page, address, 'routed');
  await editor.card('Way').click();
  await editor.inspector.getByRole('button', { name: 'Add a route' }).click();
  const name = editor.inspector.locator('[data-field="routes[0].name"]');
  await name.fill('Too hot');
  await name.blur();
  await expect(editor.inspector.getByText('Does not have the right form, such as “too_hot”')).toBeVisible();
  await expect(editor.port('way', 'Too hot')).toHaveCount(0);
  await name.fill('hot');
  await name.blur();
  await expect(editor.port('way', 'hot')).toBeVisible();
  await editor.tidy();
  await editor.connect('way.hot', 'kept.in');

  await name.press('End');
  await name.pressSequentially('ter');
  await name.blur();
  await expect(editor.connection('way.hotter', 'kept.in')).toBeAttached();
  await expect(editor.port('way', 'hot')).toHaveCount(0);

  await editor.inspector.getByRole('button', { name: 'Delete route 1' }).click();
  await expect(page.getByText('Deleted with it: the connection of “hotter” to “Kept”')).toBeVisible();
  await expect(editor.port('way', 'hotter')).toHaveCount(0);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(editor.connection('way.hotter', 'kept.in')).toBeAttached();

  await editor.saved();
  await editor.deploy();
  await rest.running('routed');
  await until('what the route takes is in its file', async () => {
    const path = join(dataDir, 'kept.ndjson');
    return Promise.resolve(existsSync(path) && readFileSync(path, 'utf8').split('\n').length > 5);
  });
});
