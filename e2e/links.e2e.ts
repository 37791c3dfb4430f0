import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';

test('both locations show their link on the page of links: who, state, behind, delay, version; a click opens the component', async ({
  startInstance,
  page,
}, info) => {
  test.slow();
  const [a, b] = [await startInstance({ NAME: 'location-a' }), await startInstance({ NAME: 'location-b' })];
  await page.goto(`${a.address}/links`);
  await expect(page.getByRole('heading', { name: 'Join two locations' })).toBeVisible();

  const port = await freePort();
  await a.rest.run({
    id: 'flight',
    name: 'Flight',
    components: [
      { id: 'numbers', type: 'simulator_input', config: { rate: 20 } },
      { id: 'to-b', type: 'websocket_output', config: { host: '127.0.0.1', port } },
    ],
    connections: [{ from: 'numbers', to: 'to-b' }],
  });
  await b.rest.run({
    id: 'flight',
    name: 'Flight at B',
    components: [
      { id: 'from-a', type: 'websocket_input', config: { url: `ws://127.0.0.1:${port}`, name: 'location-b' } },
      { id: 'keep', type: 'file_output', config: { path: 'kept.ndjson' } },
    ],
    connections: [{ from: 'from-a', to: 'keep' }],
  });

  const atA = page.getByRole('row', { name: /location-b/ });
  await expect(atA).toContainText(/to-b\s*sends to · Flight/);
  await expect(atA).toContainText(/SemStreams v\d.*Connected.*up to date.*\d+ ms/s);
  const atB = await page.context().newPage();
  await atB.goto(`${b.address}/links`);
  await expect(atB.getByRole('row', { name: /from-a/ })).toContainText(
    /receives from · Flight at B.*flight\.to-b@.*SemStreams v\d.*Connected.*up to date.*\d+ ms/s,
  );
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await info.attach(`links ${scheme}`, { body: await page.screenshot(), contentType: 'image/png' });
  }

  await b.rest.stop('flight');
  await expect(atA).toContainText(/Away.*messages wait for it, forgotten in 7 d/s);
  await expect(page.getByText('0 of 1 far side connected, “location-b” away.')).toBeVisible();
  await expect(atB.getByRole('row', { name: /from-a/ })).toContainText('Stopped');

  await page.getByRole('link', { name: 'to-b' }).click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector).toContainText(/Away: location-b.*forgotten in 7 d/s);
  await info.attach('inspector', { body: await page.screenshot(), contentType: 'image/png' });
});
