import type { StoredFlow } from '@semstreams/contract';
import { EditorPage } from './editor.ts';
import type { Instance } from './instance.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const flight = {
  id: 'flight',
  name: 'Flight',
  components: [
    { id: 'numbers', type: 'simulator_input', name: 'Numbers', config: { rate: 50 } },
    { id: 'filter', type: 'json_filter', name: 'Keep' },
    { id: 'log', type: 'file_output', name: 'Log', config: { path: 'log.ndjson' } },
  ],
  connections: [
    { from: 'numbers.out', to: 'filter.in' },
    { from: 'filter.out', to: 'log.in' },
  ],
};
const contentOf = ({ revision: _, ...flow }: StoredFlow) => flow;

/** The draft as the server has it, as soon as it is what is expected. */
const stored = async ({ rest }: Instance, id: string, holds: (flow: StoredFlow) => boolean): Promise<StoredFlow> =>
  until(`the draft of "${id}" is as it should be`, async () => {
    const flow = await rest.flow(id);
    return holds(flow) && flow;
  });

test('E3 whatever was done is undone to the first document, and done again to the last', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(flight);
  const first = contentOf(await server.rest.flow('flight'));
  const editor = await EditorPage.open(page, server.address, 'flight');
  const [undo, redo] = ['Undo', 'Redo'].map((name) => page.getByRole('button', { name: new RegExp(`^${name}`) }));
  await editor.add('Map', 'Change data');
  await editor.showAll();
  await editor.card('Numbers').click();
  await editor.fill('Rate', '70');
  await editor.tidy();
  await editor.card('Keep').click();
  await page.keyboard.press('Delete');
  await editor.card('Log').click();
  await page.keyboard.press('Control+d');
  const isDone = ({ components }: StoredFlow) => components.filter(({ type }) => type === 'file_output').length === 2;
  const last = contentOf(await stored(server, 'flight', isDone));

  while (await undo!.isEnabled()) await undo!.click();
  await expect.poll(async () => contentOf(await server.rest.flow('flight'))).toEqual(first);
  while (await redo!.isEnabled()) await redo!.click();
  await expect.poll(async () => contentOf(await server.rest.flow('flight'))).toEqual(last);
});

test('E6 two who edit different things keep both; the same setting is asked about, and neither value is lost', async ({
  startInstance,
  browser,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(flight);
  const other = await (await browser.newContext()).newPage();
  const mine = await EditorPage.open(page, server.address, 'flight');
  const theirs = await EditorPage.open(other, server.address, 'flight');
  await mine.card('Numbers').click();
  await theirs.card('Log').click();
  await mine.fill('Rate', '71');
  await theirs.fill('File', 'other.ndjson');
  await stored(
    server,
    'flight',
    ({ components: [numbers, , log] }) => numbers!.config?.['rate'] === 71 && log!.config?.['path'] === 'other.ndjson',
  );

  await theirs.showAll();
  await theirs.card('Numbers').click();
  await expect(theirs.field('Rate')).toHaveValue('71');
  await other.route('**/api/v1/flows/flight', (route) =>
    route.request().method() === 'PUT' ? route.abort() : route.continue(),
  );
  await theirs.fill('Rate', '72');
  await mine.fill('Rate', '73');
  await stored(server, 'flight', ({ components }) => components[0]!.config?.['rate'] === 73);
  await other.unroute('**/api/v1/flows/flight');
  const asked = other.getByRole('dialog', { name: 'Somebody else changed the same' });
  await expect(asked).toContainText('72');
  await expect(asked).toContainText('73');
  await asked.getByRole('button', { name: 'All yours' }).click();
  await asked.getByRole('button', { name: 'Go on' }).click();
  await stored(server, 'flight', ({ components }) => components[0]!.config?.['rate'] === 72);
  await expect(mine.field('Rate')).toHaveValue('72');
  await other.context().close();
});

test('E10 what is copied keeps its inner connections and drops the outer ones, in another tab too', async ({
  startInstance,
  context,
  page,
}) => {
  const server = await startInstance();
  await server.rest.create(flight);
  await server.rest.create({ id: 'second', name: 'Second', components: [] });
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.card('Keep').click();
  await editor.showAll();
  await editor.card('Log').click({ modifiers: ['Control'] });
  await page.keyboard.press('Control+c');
  const tab = await context.newPage();
  const second = await EditorPage.open(tab, server.address, 'second');
  await second.canvas.click();
  await tab.keyboard.press('Control+v');
  const pasted = await stored(server, 'second', ({ components }) => components.length === 2);
  expect(pasted.components.map(({ type, name }) => [type, name])).toEqual([
    ['json_filter', 'Keep'],
    ['file_output', 'Log'],
  ]);
  expect(pasted.connections).toEqual([{ from: 'filter.out', to: 'log.in' }]);
});

test('E11 tidied up nothing overlaps, data goes from left to right, and one undo takes it back', async ({
  startInstance,
  page,
}) => {
  const server = await startInstance();
  const layout = { numbers: { x: 0, y: 0 }, filter: { x: 10, y: 10 }, log: { x: -20, y: 0 } };
  await server.rest.create({ ...flight, layout });
  const editor = await EditorPage.open(page, server.address, 'flight');
  await editor.tidy();
  const places = (await stored(server, 'flight', (flow) => flow.layout!['filter']!.x !== 10)).layout!;
  const boxes = await Promise.all(['Numbers', 'Keep', 'Log'].map(async (name) => editor.card(name).boundingBox()));
  for (const [left, right] of [
    [boxes[0]!, boxes[1]!],
    [boxes[1]!, boxes[2]!],
  ] as const)
    expect(left.x + left.width).toBeLessThan(right.x);
  expect(places).not.toEqual(layout);
  await page.keyboard.press('Control+z');
  await stored(server, 'flight', (flow) => JSON.stringify(flow.layout) === JSON.stringify(layout));
});
