import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './test.ts';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const logIn = async (page: Page, user: string, password: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'User' }).fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
};

test('X4 the first start says where the password is; a wrong one is told, the right one opens the pages', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance({ LOGIN: 'always' });
  const file = join(server.dataDir, 'access', 'first-password');
  await page.goto(server.address);
  await expect(page.getByText(file)).toBeVisible();
  await expect(page).toHaveTitle('Log in – SemStreams');
  await expect(page.getByRole('textbox', { name: 'User' })).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password');
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await logIn(page, 'admin', 'something else');
  await expect(page.getByRole('alert')).toHaveText('there is no such user, or the password is another one');
  await logIn(page, 'admin', readFileSync(file, 'utf8').trim());
  await expect(page.getByRole('button', { name: 'Logged in as admin, administrator' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();

  await page.getByRole('button', { name: 'Logged in as admin, administrator' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page.getByRole('heading', { name: 'Log in to SemStreams' })).toBeVisible();
});

test('X1 who was alone sets up a login in one dialog, makes a user and a token, and sees who did what', async ({
  startInstance,
  page,
  browser,
}) => {
  const server = await startInstance();
  await page.goto(`${server.address}/settings`);
  await page.getByRole('button', { name: 'Set up a login' }).click();
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Make', exact: true }).click();
  await logIn(page, 'admin', 'correct horse');

  await page.getByRole('button', { name: 'New user' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('eva');
  await page.getByRole('dialog').getByRole('combobox', { name: 'May' }).click();
  await page.getByRole('option', { name: 'Look', exact: true }).click();
  await page.getByLabel('Password', { exact: true }).fill('another horse');
  await page.getByRole('button', { name: 'Make', exact: true }).click();
  await expect(
    page.getByRole('table', { name: 'Users' }).getByRole('cell', { name: 'eva', exact: true }),
  ).toBeVisible();

  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('cron');
  await page.getByRole('button', { name: 'Make', exact: true }).click();
  const token = await page.getByRole('dialog').locator('code').innerText();
  const asked = await fetch(`${server.address}/api/v1/flows`, { headers: { authorization: `Bearer ${token}` } });
  expect(asked.status).toBe(200);
  await page.getByRole('button', { name: 'I have it' }).click();
  await expect(page.getByRole('table', { name: 'Who did what' }).getByRole('cell', { name: 'createUser' })).toHaveCount(
    2,
  );

  const eva = await (await browser.newContext()).newPage();
  await eva.goto(`${server.address}/settings`);
  await logIn(eva, 'eva', 'another horse');
  await expect(eva.getByRole('button', { name: 'Logged in as eva, viewer' })).toBeVisible();
  await expect(eva.getByRole('table', { name: 'Users' })).toHaveCount(0);
  const refused = await eva.evaluate(async () => (await fetch('/api/v1/users')).status);
  expect(refused).toBe(403);
  await page.getByRole('button', { name: 'Remove eva' }).click();
  await expect(eva.getByRole('heading', { name: 'Log in to SemStreams' })).toBeVisible();
  await eva.context().close();
});
