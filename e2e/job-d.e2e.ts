import type { FlowDocument } from '@semstreams/contract';
import type { Page } from '@playwright/test';
import { EditorPage } from './editor.ts';
import { freePort } from './free-port.ts';
import type { Instance } from './instance.ts';
import { expect, test } from './test.ts';

/** It has to be seen within five seconds; a machine that does much else is given more. */
const soon = { timeout: 20_000 };

const write = (id: string) => ({ id: 'write', type: 'file_output', name: 'Log', config: { path: `${id}.ndjson` } });
const listen = (port: number) => ({
  id: 'listen',
  type: 'tcp_input',
  name: 'Sensors',
  config: { host: '127.0.0.1', port },
});
const keep = (field: string, value: number) => ({
  id: 'keep',
  type: 'json_filter',
  name: 'Too warm',
  config: { rules: [{ field, operator: 'gt', value }] },
});

/** A reason for which no message arrives: the flow that has it, what is said where, and the setting that mends it. */
interface Reason {
  readonly title: string;
  readonly components: (ports: { readonly taken: number; readonly free: number }) => FlowDocument['components'];
  /** What is sent to the component "listen". */
  readonly sent?: readonly unknown[];
  readonly card: string;
  readonly sentence: RegExp;
  /** What has the cursor when the person has gone there. */
  readonly setting: string;
}

const warm = [{ temperature: 20.5 }, { temperature: 21 }, { temperature: 22 }, { temperature: 23 }];

const reasons: readonly Reason[] = [
  {
    title: 'a wrong field',
    components: ({ free }) => [listen(free), keep('temprature', 10), write('wrong')],
    sent: warm,
    card: 'Too warm',
    sentence:
      /lets none of 4 through: no message that came by had the field "temprature"; did you mean "temperature"\?/,
    setting: 'rules[0].field',
  },
  {
    title: 'a port that is taken',
    components: ({ taken }) => [listen(taken), write('taken')],
    card: 'Sensors',
    sentence: /port \d+ is used by the flow “The first one”/,
    setting: 'port',
  },
  {
    title: 'a file that is missing',
    components: () => [
      { id: 'read', type: 'file_input', name: 'Report', config: { path: 'night/report.csv' } },
      write('missing'),
    ],
    card: 'Report',
    sentence: /night\/report\.csv/,
    setting: 'path',
  },
  {
    title: 'a receiver that is away',
    components: ({ free }) => [
      { id: 'numbers', type: 'simulator_input', name: 'Numbers', config: { rate: 5 } },
      { id: 'send', type: 'tcp_output', name: 'Hall', config: { address: '127.0.0.1', port: free } },
    ],
    card: 'Hall',
    sentence: /127\.0\.0\.1.*nothing listens there/,
    setting: 'address',
  },
  {
    title: 'nothing is sent',
    components: ({ free }) => [listen(free), write('quiet')],
    card: 'Sensors',
    sentence: /nothing has come yet/,
    setting: 'port',
  },
  {
    title: 'a filter that rejects all',
    components: ({ free }) => [listen(free), keep('temperature', 75), write('cold')],
    sent: warm,
    card: 'Too warm',
    sentence: /lets none of 4 through/,
    setting: 'rules[0].field',
  },
];

/** A server with a flow that has a port, and one with the reason. */
const begun = async (server: Instance, { components, sent, title }: Reason): Promise<void> => {
  const [taken, free] = [await freePort(), await freePort()];
  const first = { id: 'first', name: 'The first one', components: [listen(taken), write('first')] };
  await server.rest.run(first);
  await server.rest.create({ id: 'night', name: title, components: components({ taken, free }) });
  await server.rest.deploy('night');
  if (sent) await server.rest.inject('night', 'listen', sent);
};

const focused = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.closest('[data-field]')?.getAttribute('data-field') ?? null);

for (const reason of reasons)
  test(`job d: why does no message arrive? ${reason.title}`, async ({ startInstance, page }) => {
    const server = await startInstance();
    await begun(server, reason);
    await page.goto(server.address);
    const row = page.getByRole('row', { name: reason.title });
    await expect(row).toContainText(reason.sentence, soon);
    await row.getByRole('link', { name: 'Go there' }).click();
    await expect.poll(() => focused(page), soon).toBe(reason.setting);

    const editor = await EditorPage.open(page, server.address, 'night');
    const status = editor.header.getByRole('group', { name: 'Status' });
    await expect(status).toContainText(reason.sentence, soon);
    await expect(editor.card(reason.card)).toContainText(reason.sentence, soon);
    await status.getByRole('button', { name: 'Go there' }).click();
    await expect.poll(() => focused(page), soon).toBe(reason.setting);
  });
