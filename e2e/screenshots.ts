import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flow } from '@semstreams/contract';
import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const project = join(import.meta.dirname, '..');
const examples = join(project, 'examples');
const pages = { flows: '/', editor: '/flows/drone-telemetry', dashboard: '/dashboard' };

/** The product as it is after `npm start`, with a control room that listens; the flow's port is one that was free. */
test('screenshots of the product with its example flow', async ({ newInstance, receive, page }) => {
  const server = newInstance({ NAME: 'harbour', FLOWS_DIR: 'flows' });
  const port = await freePort();
  layOut(server.folder, server.dataDir, port);
  await server.start();
  await until('the example flow runs', async () => (await server.rest.running('drone-telemetry')) !== undefined);
  await receive(`ws://127.0.0.1:${port}`);
  await until('messages flow', async () => {
    const { components } = await server.rest.status('drone-telemetry');
    return components.find(({ id }) => id === 'tidy')!.out_total > 20;
  });

  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(server.address + path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Connection: Live' })).toBeVisible();
      // rates show what the page saw since it was opened
      await page.waitForTimeout(4000);
      await until('positions go by', async () => {
        const { components } = await server.rest.status('drone-telemetry');
        return components.find(({ id }) => id === 'tidy')!.out_per_second >= 3;
      });
      await page.screenshot({ path: join(project, 'docs', 'screenshots', `${name}-${scheme}.png`) });
    }
  }
});

const layOut = (folder: string, dataDir: string, port: number): void => {
  const recordings = join(dataDir, 'recordings');
  mkdirSync(recordings);
  copyFileSync(join(examples, 'data', 'mavlink', 'sitl-copter.tlog.gz'), join(recordings, 'sitl-copter.tlog.gz'));
  const file = 'drone-telemetry.json';
  const flow = JSON.parse(readFileSync(join(examples, 'flows', file), 'utf8')) as Flow;
  const components = flow.components.map((component) =>
    component.id === 'control-room' ? { ...component, config: { ...component.config, port } } : component,
  );
  mkdirSync(join(folder, 'flows'));
  writeFileSync(join(folder, 'flows', file), JSON.stringify({ ...flow, components }));
};
