import { EditorPage } from './editor.ts';
import { expect, test } from './test.ts';

const flight = {
  id: 'flight',
  name: 'Telemetry of the drones above the harbour',
  components: [
    { id: 'numbers', type: 'simulator_input', name: 'Numbers' },
    { id: 'filter', type: 'json_filter', name: 'Keep' },
    { id: 'log', type: 'file_output', name: 'Log', config: { path: 'log.ndjson' } },
  ],
  connections: [
    { from: 'numbers.out', to: 'filter.in' },
    { from: 'filter.out', to: 'log.in' },
  ],
};

/** All of it; the zoom leaves fractions of a pixel. */
const whole = { ratio: 0.99 };

for (const width of [360, 390])
  test(`a phone of ${width} pixels reaches all that the header has, and the palette makes room`, async ({
    startInstance,
    page,
  }) => {
    await page.setViewportSize({ width, height: 740 });
    const server = await startInstance();
    await server.rest.run(flight);
    const editor = await EditorPage.open(page, server.address, 'flight');
    const { header } = editor;
    await expect(header.getByText(/^Running/)).toBeInViewport(whole);
    await expect(editor.palette).toBeHidden();

    await header.getByRole('button', { name: 'Add a component' }).click();
    await editor.add('Filter', 'Change data');
    await expect(editor.palette).toBeHidden();
    await expect(editor.card('Filter')).toBeInViewport(whole);
    await expect(header.getByRole('button', { name: /problem/ })).toBeVisible();
    for (const button of await header.getByRole('button').all()) await expect(button).toBeInViewport(whole);

    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await expect(editor.palette.getByRole('searchbox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(editor.palette).toBeHidden();
    await editor.deploy();
    await expect(header.getByText(/version 2/)).toBeInViewport(whole);
  });

test('the inspector leaves the card in sight that it opens for, and moves nothing that it does not cover', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(flight);
  const editor = await EditorPage.open(page, server.address, 'flight');
  const [numbers, log] = [editor.card('Numbers'), editor.card('Log')];
  await expect(log).toBeInViewport(whole);
  await editor.settled();
  const before = { numbers: await numbers.boundingBox(), log: await log.boundingBox() };
  await numbers.click();
  await expect(editor.inspector).toBeVisible();
  await editor.settled();
  expect(await numbers.boundingBox()).toEqual(before.numbers);

  await page.keyboard.press('Escape');
  await expect(editor.inspector).toBeHidden();
  await log.click();
  await expect(editor.inspector).toBeVisible();
  const edge = (await editor.inspector.boundingBox())!.x;
  expect(before.log!.x + before.log!.width, 'it would be covered').toBeGreaterThan(edge);
  await expect(log).toBeInViewport(whole);
});
