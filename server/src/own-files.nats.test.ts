import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowStatus } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { ownPaths } from './component-kit/files/path-problem.ts';
import { eventually, startServer } from './running-server.ts';

const pair = (id: string, from: object, to: object) => ({
  id,
  name: id,
  components: [
    { id: 'in', ...from },
    { id: 'out', ...to },
  ],
  connections: [{ from: 'in.out', to: 'out.in', delivery: 'guaranteed' }],
});
const numbers = { type: 'simulator_input', config: { rate: 10 } };
const result = 'result.ndjson';

it('all that the server keeps in its data folder is out of reach of flows', async () => {
  const server = await startServer({ SEMSTREAMS_LOGIN: 'always', SEMSTREAMS_ADMIN_PASSWORD: 'correct horse' });
  const login = await server.call('POST', '/api/v1/session', { user: 'admin', password: 'correct horse' });
  const own = { cookie: login.headers.get('set-cookie')!.split(';')[0]! };
  await eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
  await server.call(
    'POST',
    '/api/v1/flows',
    pair('writes', numbers, { type: 'file_output', config: { path: result } }),
    own,
  );
  await server.call('POST', '/api/v1/flows/writes/deploy', undefined, own);
  await eventually('something was written', async () => readdirSync(server.dataDir).includes(result));

  const kept = readdirSync(server.dataDir).filter((name) => name !== result);
  expect(ownPaths).toEqual(expect.arrayContaining(kept));
  for (const path of [
    'access/local-key',
    'access/users.json',
    './x/../access/first-password',
    `${server.dataDir}/access/users.json`,
  ]) {
    const parts = [
      [
        'reads',
        pair('reads', { type: 'file_input', config: { path } }, { type: 'file_output', config: { path: 'copy' } }),
      ],
      ['writes-too', pair('writes-too', numbers, { type: 'file_output', config: { path } })],
    ] as const;
    for (const [id, flow] of parts) {
      await server.call('PUT', `/api/v1/flows/${id}`, flow, { ...own, 'if-none-match': '*' });
      const deployed = await server.call('POST', `/api/v1/flows/${id}/deploy?wait=20s`, undefined, own);
      const status = (await server.call('GET', `/api/v1/flows/${id}/status`, undefined, own)).body as FlowStatus;
      const said = JSON.stringify([deployed.body, status]);
      expect(said, path).toContain('belongs to the server itself');
      await server.call('POST', `/api/v1/flows/${id}/stop?wait=20s`, undefined, own);
      await server.call('DELETE', `/api/v1/flows/${id}`, undefined, own);
    }
  }
  await server.end();
}, 120_000);

it('flows use the folders that the settings name, and are told of the others before they run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-exchange-'));
  const server = await startServer({ SEMSTREAMS_FILES_ALLOWED: folder, SEMSTREAMS_SECRETS_DIR: folder + '/secrets' });
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets', 'KEY'), 'hunter2');
  symlinkSync('/etc/hostname', join(folder, 'link'));
  await eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
  const validate = async (path: string) =>
    (await server.call('POST', '/api/v1/flows/validate', pair('a', numbers, { type: 'file_output', config: { path } })))
      .body as { findings: readonly { place: string; sentence: string }[] };
  expect((await validate('/etc/cron.d/x')).findings).toMatchObject([
    { place: 'components[1].config.path', sentence: expect.stringContaining('lies in no folder that flows may use') },
  ]);
  expect((await validate(join(folder, 'a.ndjson'))).findings).toEqual([]);

  const tried = async (path: string) => {
    const flow = pair(
      'tries',
      { type: 'file_input', config: { path } },
      { type: 'file_output', config: { path: 'b' } },
    );
    await server.call('PUT', '/api/v1/flows/tries', flow, { 'if-none-match': '*' });
    await server.call('POST', '/api/v1/flows/tries/deploy?wait=20s');
    const { observed, sentence } = (await server.call('GET', '/api/v1/flows/tries/status')).body as FlowStatus;
    await server.call('POST', '/api/v1/flows/tries/stop?wait=20s');
    await server.call('DELETE', '/api/v1/flows/tries');
    return [observed, sentence];
  };
  expect(await tried(join(folder, 'link'))).toEqual(['failed', expect.stringContaining('lies in no folder')]);
  expect(await tried(join(folder, 'secrets/KEY'))).toEqual(['failed', expect.stringContaining('to the server itself')]);
  await server.end();
  rmSync(folder, { recursive: true });
}, 120_000);

it('flows write nothing into what the server takes its types, flows and settings from, wherever that lies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-own-'));
  const places = { components: 'COMPONENTS_DIR', flows: 'FLOWS_DIR', backups: 'BACKUP_FOLDER' } as const;
  for (const name of Object.keys(places)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'there.txt'), 'x\n');
  }
  writeFileSync(join(folder, 'own.json'), '{}');
  const server = await startServer({
    ...Object.fromEntries(
      Object.entries(places).map(([name, variable]) => [`SEMSTREAMS_${variable}`, join(folder, name)]),
    ),
    SEMSTREAMS_FILES_ALLOWED: folder,
    SEMSTREAMS_CONFIG: join(folder, 'own.json'),
  });
  await eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
  const run = async (id: string, flow: object): Promise<void> => {
    await server.call('PUT', `/api/v1/flows/${id}`, flow, { 'if-none-match': '*' });
    await server.call('POST', `/api/v1/flows/${id}/deploy?wait=20s`);
  };
  for (const name of [...Object.keys(places), 'mine']) {
    const id = `into-${name}`;
    await run(id, pair(id, numbers, { type: 'file_output', config: { path: `${folder}/${name}/{file}` } }));
    await server.call('POST', `/api/v1/flows/${id}/components/out/inject`, { payloads: [{ file: 'evil.mjs' }] });
    await server.call('POST', `/api/v1/flows/${id}/stop?wait=20s`);
  }
  expect(readdirSync(join(folder, 'mine'))).toEqual(['evil.mjs']);
  const reads = { path: `${folder}/**/*`, format: 'text', settle: '0s', when_read: 'delete' };
  const output = { type: 'file_output', config: { path: `${folder}/mine/read.ndjson` } };
  await run('deletes', pair('deletes', { type: 'file_input', config: reads }, output));
  await eventually('what is not of the server was taken', async () => !existsSync(join(folder, 'mine', 'evil.mjs')));
  expect(readdirSync(folder).sort()).toEqual(['backups', 'components', 'flows', 'mine', 'own.json']);
  for (const name of Object.keys(places)) expect(readdirSync(join(folder, name))).toEqual(['there.txt']);
  await server.end();
  rmSync(folder, { recursive: true });
}, 120_000);
