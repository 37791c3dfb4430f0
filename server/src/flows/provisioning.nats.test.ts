import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Health } from '@semstreams/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let folder: string;
let server: RunningServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semstreams-flows-'));
});
afterEach(async () => {
  await server?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
const source = { id: 'source', type: 'simulator_input' };
const document = JSON.stringify({ components: [source, { id: 'out', type: 'log_output' }] });

it('what is no ordinary file in the folder of flows is named, and holds up none of the others', async () => {
  execFileSync('mkfifo', [join(folder, 'a-pipe.json')]);
  symlinkSync('/dev/zero', join(folder, 'b-device.json'));
  mkdirSync(join(folder, 'c-folder.json'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'd-away.json'));
  writeFileSync(join(folder, 'z.json'), document);
  server = await startServer({ SEMSTREAMS_FLOWS_DIR: folder });
  const { call } = server;
  await eventually('the good one is deployed', async () => (await call('GET', '/api/v1/flows/z')).status === 200);
  const { sentences } = (await call('GET', '/health')).body as Health;
  for (const name of ['a-pipe', 'b-device', 'c-folder'])
    expect(sentences).toContainEqual(expect.stringMatching(new RegExp(`${name}\\.json.*it is no ordinary file`)));
  expect(sentences).toContainEqual(expect.stringContaining('d-away.json'));
}, 60_000);

it('files whose names make the same id do not replace each other: the first one counts, the others are named', async () => {
  for (const name of ['日本語', '😀', 'Flow', 'über', 'uber']) writeFileSync(join(folder, `${name}.json`), document);
  server = await startServer({ SEMSTREAMS_FLOWS_DIR: folder });
  const { call } = server;
  const named = async (): Promise<readonly string[]> => ((await call('GET', '/health')).body as Health).sentences;
  await eventually(
    'the others are named',
    async () => (await named()).filter((each) => /already/.test(each)).length === 3,
  );
  expect(
    (await named()).filter((each) => each.includes('the flow "flow" is made from "Flow.json" already')),
  ).toHaveLength(2);
  expect(
    (await named()).filter((each) => each.includes('the flow "uber" is made from "uber.json" already')),
  ).toHaveLength(1);
  const { items } = (await call('GET', '/api/v1/flows')).body as { items: readonly { id: string; name: string }[] };
  expect(items.map(({ id, name }) => [id, name]).sort()).toEqual([
    ['flow', 'Flow'],
    ['uber', 'uber'],
  ]);
}, 60_000);
