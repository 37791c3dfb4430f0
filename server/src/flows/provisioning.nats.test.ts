import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Health } from '@semstreams/contract';
import { afterEach, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-flows-'));
let server: RunningServer | undefined;
afterEach(async () => {
  await server?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('what is no ordinary file in the folder of flows is named, and holds up none of the others', async () => {
  execFileSync('mkfifo', [join(folder, 'a-pipe.json')]);
  symlinkSync('/dev/zero', join(folder, 'b-device.json'));
  mkdirSync(join(folder, 'c-folder.json'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'd-away.json'));
  const source = { id: 'source', type: 'simulator_input' };
  writeFileSync(join(folder, 'z.json'), JSON.stringify({ components: [source, { id: 'out', type: 'log_output' }] }));
  server = await startServer({ SEMSTREAMS_FLOWS_DIR: folder });
  const { call } = server;
  await eventually('the good one is deployed', async () => (await call('GET', '/api/v1/flows/z')).status === 200);
  const { sentences } = (await call('GET', '/health')).body as Health;
  for (const name of ['a-pipe', 'b-device', 'c-folder'])
    expect(sentences).toContainEqual(expect.stringMatching(new RegExp(`${name}\\.json.*it is no ordinary file`)));
  expect(sentences).toContainEqual(expect.stringContaining('d-away.json'));
}, 60_000);
