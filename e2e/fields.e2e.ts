import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EditorPage } from './editor.ts';
import { expect, test } from './test.ts';

const rooms = (field: string) => ({
  id: 'rooms',
  name: 'Rooms',
  components: [
    { id: 'read', type: 'file_input', name: 'Readings', config: { path: 'rooms.csv', format: 'csv' } },
    {
      id: 'keep',
      type: 'json_filter',
      name: 'Too warm',
      config: { rules: [{ field, operator: 'gt', value: 20 }] },
    },
    { id: 'write', type: 'file_output', name: 'Warm rooms', config: { path: 'warm.ndjson' } },
  ],
});
const csv = `room,temperature,pm2.5\n${Array.from({ length: 50 }, (_, n) => `A${n % 5},${15 + (n % 12)},${n}`).join('\n')}\n`;

test('a field that never came by is said where it is used, with the right one as a button', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  writeFileSync(join(server.dataDir, 'rooms.csv'), csv);
  await server.rest.run(rooms('temprature'));
  const editor = await EditorPage.open(page, server.address, 'rooms');
  await editor.header.getByRole('button', { name: '1 problem' }).click();
  const problem = editor.dock.getByRole('list', { name: 'Problems' }).getByRole('listitem');
  await expect(problem).toContainText('Too warm: no message that came by had the field "temprature"');
  await expect(problem).toContainText('Rule 1, Field');
  await expect(editor.card('Too warm')).toContainText('1');
  await problem.getByRole('button', { name: 'Use “temperature”' }).click();
  await expect(editor.header.getByRole('button', { name: /problem/ })).toHaveCount(0);
  await editor.card('Too warm').click();
  await expect(editor.field('Field')).toHaveValue('temperature');
});

test('fields are chosen from those that came by, names with dots as settings need them', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  writeFileSync(join(server.dataDir, 'rooms.csv'), csv);
  await server.rest.run(rooms('temperature'));
  const editor = await EditorPage.open(page, server.address, 'rooms');
  await editor.card('Too warm').click();
  const field = editor.field('Field');
  await field.fill('');
  await expect(page.getByRole('option', { name: 'room A' })).toBeVisible();
  await page.getByRole('option', { name: /pm2\.5/ }).click();
  await expect(field).toHaveValue('["pm2.5"]');
  await editor.inspector.getByRole('tab', { name: 'In and out' }).click();
  await expect(editor.inspector.getByRole('row', { name: /temperature/ })).toBeVisible();

  // of a file that was read before anybody looked
  await editor.dock.getByRole('tab', { name: 'Messages' }).click();
  await editor.dock.getByLabel('Connection').selectOption('Readings → Too warm');
  const table = editor.dock.getByRole('region', { name: 'Messages as a table' });
  await expect(table.getByRole('row')).toHaveCount(21);
  await table.getByRole('button', { name: 'Field temperature' }).click();
  await page.getByRole('menuitem', { name: 'Filter by this' }).click();
  await expect(editor.inspector.getByRole('listitem')).toHaveCount(2);
  await expect(editor.field('Field').last()).toHaveValue('temperature');

  // and where no filter follows, it gets one
  await editor.dock.getByLabel('Connection').selectOption('Too warm → Warm rooms');
  await table.getByRole('button', { name: 'Field room' }).click();
  await page.getByRole('menuitem', { name: 'Filter by this' }).click();
  await expect(editor.inspector.getByRole('listitem')).toHaveCount(1);
  await expect(editor.field('Field')).toHaveValue('room');
  await expect(editor.connection('keep.out', 'filter.in')).toBeAttached();
  await expect(editor.connection('filter.out', 'write.in')).toBeAttached();
});

test('what an import has wrong is mended by one click each', async ({ startInstance, page }) => {
  const server = await startInstance();
  const { components } = rooms('temperature');
  const [read, keep, write] = components;
  await server.rest.create({
    id: 'rooms',
    name: 'Rooms',
    components: [{ ...read!, type: 'file_inptu' }, { ...keep!, config: { ruls: [], match: 'alll' } }, write!],
    connections: [
      { from: 'read', to: 'kep' },
      { from: 'keep', to: 'write' },
    ],
  });
  const editor = await EditorPage.open(page, server.address, 'rooms');
  await editor.header.getByRole('button', { name: /problems?$/ }).click();
  for (const name of ['Use “file_input”', 'Use “keep”', 'Call it “rules”', 'Use “all”'])
    await editor.dock.getByRole('button', { name }).click();
  await expect(editor.header.getByRole('button', { name: /problems?$/ })).toHaveCount(0);
});
