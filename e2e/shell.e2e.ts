import AxeBuilder from '@axe-core/playwright';
import { CuttableLine } from './cuttable-line.ts';
import { expect, test, watchFor } from './test.ts';

const flow = {
  id: 'drone',
  name: 'Drone',
  components: [
    { id: 'numbers', type: 'simulator_input', name: 'Numbers', config: { rate: 50 } },
    { id: 'tidy', type: 'json_map', name: 'Tidy' },
    { id: 'log', type: 'file_output', name: 'Log', config: { path: 'log.ndjson' } },
  ],
};
const pages = {
  list: '/',
  editor: '/flows/drone',
  dashboard: '/dashboard',
  history: '/flows/drone/history',
  links: '/links',
  settings: '/settings',
  nowhere: '/nowhere',
};
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

for (const scheme of ['light', 'dark'] as const)
  test(`S1 every page has one heading, a title and a main landmark, and axe finds nothing: ${scheme}`, async ({
    startInstance,
    page,
  }) => {
    const server = await startInstance();
    await server.rest.run(flow);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    const found: string[] = [];
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(server.address + path);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expect(page.getByRole('main')).toHaveCount(1);
      await expect(page).toHaveTitle(/SemStreams/);
      await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
      for (const { id, nodes } of violations) found.push(`${name}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    }
    expect(found).toEqual([]);
  });

test('S2 a cut line says so and marks what is stale; joined again it is fresh without a reload', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.run(flow);
  const line = await CuttableLine.to(server.address);
  await page.goto(`${line.address}/`);
  await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();
  await page.evaluate(() => ((globalThis as { isSame?: boolean }).isSame = true));

  line.cut();
  await expect(page.getByRole('button', { name: /Connection: (Reconnecting|Offline)/ })).toBeVisible();
  await expect(page.getByText(/as of \d\d:\d\d:\d\d/).first()).toBeVisible();
  await server.rest.stop('drone');

  line.mend();
  await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();
  await expect(page.getByText(/^Stopped/).first()).toBeVisible();
  expect(await page.evaluate(() => (globalThis as { isSame?: boolean }).isSame)).toBe(true);
  line.close();
});

test('S3 a request to another origin and an inline script are seen', async ({ startInstance, browser }) => {
  const server = await startInstance();
  const context = await browser.newContext();
  const offences = watchFor(context);
  const page = await context.newPage();
  await page.goto(server.address);
  expect(offences).toEqual([]);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.planted = true';
    document.head.append(script);
  });
  await expect.poll(() => offences.length).toBeGreaterThan(0);
  expect(await page.evaluate(() => 'planted' in globalThis)).toBe(false);
  await page.goto('http://localhost:1/').catch(() => undefined);
  expect(offences.at(-1)).toContain('http://localhost:1/');
  await context.close();
});

test('S4 the first Tab is the skip link', async ({ startInstance, page }) => {
  const server = await startInstance();
  await page.goto(server.address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
});

test('S5 the theme follows the system, and a choice stays', async ({ startInstance, page }) => {
  const server = await startInstance();
  const scheme = page.locator('html');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(server.address);
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.getByRole('button', { name: /^Theme:/ }).click();
  await page
    .getByRole('menuitemradio', { name: 'Dark' })
    .or(page.getByRole('menuitem', { name: 'Dark' }))
    .click();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('S6 nothing scrolls sideways on a phone', async ({ startInstance, page }) => {
  const server = await startInstance();
  await server.rest.run(flow);
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ['/', '/dashboard', '/flows/drone/history', '/links', '/settings']) {
    await page.goto(server.address + path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const { scrollWidth, clientWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
    }));
    expect(scrollWidth, path).toBeLessThanOrEqual(clientWidth);
  }
});

test('the page of the API stands without any other origin', async ({ startInstance, page }) => {
  const server = await startInstance();
  await page.goto(`${server.address}/api/docs`);
  await expect(page.getByText('Keep a new flow').first()).toBeVisible();
});
