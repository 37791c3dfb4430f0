import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { EditorPage } from './editor.ts';
import { expect, test } from './test.ts';

const rows = Array.from(
  { length: 400 },
  (_, n) => `2026-01-01 00:${String(n % 60).padStart(2, '0')}:00,${60 + (n % 40)}.5`,
);
const table = `timestamp,value\n${rows.join('\n')}\n`;
const file = { name: 'machine-temperature.csv', mimeType: 'text/csv', buffer: Buffer.from(table) };

test('job b: a table of the own computer, filtered into a file that is looked at, in fourteen steps', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  let steps = 0;
  const step = async (what: Promise<unknown>): Promise<void> => {
    await what;
    steps += 1;
  };
  await page.goto(server.address);
  const chooser = page.waitForEvent('filechooser');
  await step(page.getByRole('button', { name: 'Read a file' }).click());
  await step((await chooser).setFiles(file));
  await expect(page.getByText('A table (CSV) with “,” between the fields')).toBeVisible();
  await page.waitForURL(/\/flows\/machine-temperature/);
  const editor = await EditorPage.open(page, server.address, 'machine-temperature');
  await expect(editor.card('machine-temperature.csv')).toBeVisible();
  await step(editor.canvas.getByRole('button', { name: 'Add a component behind file.out' }).click());
  await step(page.getByRole('button', { name: 'Filter', exact: true }).last().click());
  await step(editor.inspector.getByRole('button', { name: /^Add/ }).click());
  await step(editor.field('Field').click());
  await step(page.getByRole('option', { name: /^value/ }).click());
  await step(editor.field('Is').selectOption('gt'));
  await step(editor.field('Value').fill('75'));
  await step(editor.canvas.getByRole('button', { name: 'Add a component behind filter.out' }).click());
  await step(page.getByRole('button', { name: 'File', exact: true }).last().click());
  await step(editor.deployButton.click());
  await step(page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click());
  await expect(page.getByRole('dialog')).toBeHidden();
  await step(editor.inspector.getByRole('button', { name: 'Look at the file' }).click());
  const written = page.getByRole('dialog', { name: 'What was written' });
  await expect(written.getByRole('cell', { name: '75.5' }).first()).toBeVisible({ timeout: 30_000 });
  await expect(written.getByRole('link', { name: 'Download' })).toBeVisible();
  await expect(written.getByRole('cell', { name: '74.5' })).toHaveCount(0);
  expect(steps).toBeLessThanOrEqual(14);
});

test('a file that is read as something else is said, and mended by a button; another one is uploaded and chosen', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  writeFileSync(join(server.dataDir, 'rooms.csv'), 'room;temp\nA;21,5\nB;22,5\n');
  await server.rest.create({
    id: 'rooms',
    name: 'Rooms',
    components: [{ id: 'read', type: 'file_input', config: { path: 'rooms.csv' } }],
  });
  const editor = await EditorPage.open(page, server.address, 'rooms');
  await editor.card('read').click();
  await expect(editor.inspector).toContainText(
    'The settings read it as JSON, one message on each line, and it is a table',
  );
  await editor.inspector.getByRole('button', { name: 'Read it as it is' }).click();
  await expect(editor.inspector.getByRole('button', { name: 'Read it as it is' })).toHaveCount(0);
  await expect(editor.field('Content')).toHaveValue('csv');

  await editor.inspector.getByRole('button', { name: 'Choose a file…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose a file' });
  await expect(dialog.getByRole('columnheader', { name: 'temp number' })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel('File to upload').setInputFiles({ ...file, name: 'grüße 100%.csv' });
  await expect(dialog.getByRole('heading', { name: 'grüße 100%.csv' })).toBeVisible();
  await dialog.getByLabel('File to upload').setInputFiles({ ...file, name: 'grüße 100%.csv' });
  await dialog.getByRole('button', { name: 'Overwrite it' }).click();
  await dialog.getByRole('button', { name: 'Use this file' }).click();
  await expect(editor.field('File')).toHaveValue('grüße 100%.csv');
  expect(readFileSync(join(server.dataDir, 'grüße 100%.csv'), 'utf8')).toBe(table);
});

test('the page of files: upload, look, download and delete, by keyboard and on a phone', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${server.address}/files`);
  await page.getByLabel('File to upload').setInputFiles(file);
  await expect(page.getByRole('region', { name: 'First rows' })).toBeVisible();
  await expectAccessible(page);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  expect(sideways).toBe(false);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toBe('machine-temperature.csv');
  await page.getByRole('button', { name: 'Delete', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete it' }).press('Enter');
  await expect(page.getByText('Choose a file to look into it.')).toBeVisible();
  await expect(page.getByRole('button', { name: /machine-temperature/ })).toHaveCount(0);
});

/** Every rule of axe, in both themes. */
const expectAccessible = async (page: Page): Promise<void> => {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      theme,
    ).toEqual([]);
  }
};
