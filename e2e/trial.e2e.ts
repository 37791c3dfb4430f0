import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { EditorPage } from './editor.ts';
import { expect, test } from './test.ts';

const draft = (limit = 75) => ({
  id: 'machine',
  name: 'Machine',
  components: [
    { id: 'read', type: 'file_input', name: 'Readings', config: { path: 'readings.csv', format: 'csv' } },
    {
      id: 'map',
      type: 'json_map',
      name: 'Tidy',
      config: { steps: [{ do: 'rename', from: 'temp', to: 'temperature' }] },
    },
    {
      id: 'warm',
      type: 'json_filter',
      name: 'Too warm',
      config: { rules: [{ field: 'temperature', operator: 'gt', value: limit }] },
    },
    { id: 'write', type: 'file_output', name: 'Warm ones', config: { path: 'warm.ndjson' } },
  ],
});
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const typed = '{"temp": 80, "room": "A"}\n{"temp": 62, "room": "B"}';

test('a draft that was never deployed is tried with typed messages, and again after each change', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(draft());
  const editor = await EditorPage.open(page, server.address, 'machine');
  await editor.dock.getByRole('tab', { name: 'Try it' }).click();
  await editor.dock.getByText('Type messages', { exact: true }).click();
  // an example to begin with
  await expect(editor.dock.getByLabel('Messages, as JSON')).toHaveValue(/^\{/);
  await editor.dock.getByLabel('Messages, as JSON').fill(typed);
  await expect(editor.card('Too warm')).toContainText('1 of 2 would pass');
  await expect(editor.card('Warm ones')).toContainText('1 would be sent');
  await expect(editor.dock).toContainText('Nothing is sent or kept');

  const table = editor.dock.getByRole('region', { name: 'What becomes of each message' });
  const second = table.getByRole('row').nth(2);
  await expect(second).toContainText('temperature is 62, and not above 75');
  await second.getByRole('button', { name: /temperature 62/ }).click();
  const closer = editor.dock.getByRole('region', { name: 'Before and after Tidy' });
  await expect(closer.getByText('"temp": 62')).toBeVisible();
  await expect(closer.getByText('"temperature": 62')).toBeVisible();

  // a field that only a trial knows is offered, and the change is seen at once
  await editor.card('Too warm').click();
  await editor.field('Field').fill('');
  await page.getByRole('option', { name: /room/ }).click();
  await expect(editor.card('Too warm')).toContainText('0 of 2 would pass');
  await editor.fill('Field', 'temperature');
  await editor.fill('Value', '60');
  await expect(editor.card('Too warm')).toContainText('all 2 would pass');

  expect(existsSync(join(server.dataDir, 'warm.ndjson'))).toBe(false);
  await editor.dock.getByRole('tab', { name: 'Problems' }).click();
  await expect(editor.card('Too warm')).not.toContainText('would pass');
});

test('what came by is tried beside the flow that runs, which notices nothing', async ({ startInstance, page }) => {
  const server = await startInstance();
  writeFileSync(
    join(server.dataDir, 'readings.csv'),
    `temp,room\n${Array.from({ length: 20 }, (_, n) => `${60 + n},A`).join('\n')}\n`,
  );
  await server.rest.run(draft());
  await expect.poll(async () => (await server.rest.status('machine')).components[3]!.in_total).toBe(4);
  const editor = await EditorPage.open(page, server.address, 'machine');
  await editor.dock.getByRole('tab', { name: 'Try it' }).click();
  await editor.dock.getByText('Messages seen here', { exact: true }).click();
  await expect(editor.card('Too warm')).toContainText('4 of 20 would pass');
  await editor.card('Too warm').click();
  await editor.fill('Value', '70');
  await expect(editor.card('Too warm')).toContainText('9 of 20 would pass');
  const { version, components } = await server.rest.status('machine');
  expect([version, components[2]!.in_total, components[3]!.in_total]).toEqual([1, 20, 4]);

  // behind a component, as it is in the draft
  await editor.dock.getByLabel('Seen at').selectOption('Tidy → Too warm');
  await expect(editor.card('Tidy')).toContainText('nothing would arrive');
  await expect(editor.card('Too warm')).toContainText('9 of 20 would pass');
});

test('the lines of a file are tried, by keyboard too, and axe finds nothing in both themes', async ({
  startInstance,
  page,
}, info) => {
  const server = await startInstance();
  const flow = draft();
  const broken = {
    id: 'broken',
    type: 'script',
    name: 'Script',
    config: { code: 'function process() { throw new Error("no"); }' },
  };
  await server.rest.create({ ...flow, components: [...flow.components.slice(0, 3), broken, flow.components[3]!] });
  const editor = await EditorPage.open(page, server.address, 'machine');
  await editor.dock.getByRole('tab', { name: 'Problems' }).focus();
  for (const _ of [1, 2]) await page.keyboard.press('ArrowRight');
  const file = join(server.dataDir, 'lines.ndjson');
  writeFileSync(file, `${typed}\n`);
  const choosing = page.waitForEvent('filechooser');
  await editor.dock.getByRole('button', { name: 'From a file…' }).press('Enter');
  await (await choosing).setFiles(file);
  await expect(editor.dock).toContainText('lines.ndjson');
  await expect(editor.card('Script')).toContainText('1 of 1 would fail');
  const fails = editor.dock.getByRole('button', { name: /^fails/ });
  await fails.press('Enter');
  await expect(editor.dock.getByRole('region', { name: 'Before and after Script' })).toContainText('no');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await info.attach(scheme, { body: await page.screenshot(), contentType: 'image/png' });
  }
});
