import { readFileSync } from 'node:fs';
import { expect, test } from './test.ts';

const flow = (id: string) => ({ id, name: id, components: [{ id: 'numbers', type: 'simulator_input', config: {} }] });

test('X2 a restore is previewed in words, changes what it said, and can be taken back', async ({
  startInstance,
  page,
}) => {
  const { rest, address } = await startInstance();
  const ids = async () => (await rest.flows()).map(({ id }) => id).sort();
  await rest.create(flow('climb'));
  await page.goto(`${address}/settings`);
  const section = page.getByRole('region', { name: 'Backup and restore' });

  await section.getByLabel('Passphrase (optional)').fill('correct horse ü');
  const downloading = page.waitForEvent('download');
  await section.getByRole('button', { name: 'Download a backup' }).click();
  const download = await downloading;
  const buffer = readFileSync(await download.path());
  await rest.create(flow('harbour'));

  const choosing = page.waitForEvent('filechooser');
  await section.getByRole('button', { name: 'Restore from a file' }).click();
  await (await choosing).setFiles({ name: download.suggestedFilename(), mimeType: 'application/octet-stream', buffer });
  const dialog = page.getByRole('dialog', { name: 'Restore a backup' });
  await dialog.getByRole('textbox', { name: 'Passphrase' }).fill('another');
  await dialog.getByRole('button', { name: 'See what would change' }).click();
  await expect(dialog.getByRole('alert')).toContainText('nothing was changed');
  await dialog.getByRole('textbox', { name: 'Passphrase' }).fill('correct horse ü');
  await dialog.getByRole('button', { name: 'See what would change' }).click();
  await expect(dialog.getByRole('listitem')).toHaveText(['1 flow is removed (harbour).']);
  expect(await ids()).toEqual(['climb', 'harbour']);

  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog.getByText('The backup is restored')).toBeVisible();
  expect(await ids()).toEqual(['climb']);

  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await expect(dialog.getByText('It is taken back')).toBeVisible();
  expect(await ids()).toEqual(['climb', 'harbour']);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(section.getByRole('list', { name: 'Backups on this device' }).getByRole('listitem')).toHaveCount(2);
});
