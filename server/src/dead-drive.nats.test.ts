import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowStatus } from '@semstreams/contract';
import { afterEach, expect, it } from 'vitest';
import { eventually, startServer } from './running-server.ts';

/** A drive whose server is gone: a file system of FUSE that nobody answers for. Mounting needs root. */
const folder = mkdtempSync(join(tmpdir(), 'semstreams-drive-'));
const drive = join(folder, 'far');
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
const command = `exec 3<>/dev/fuse; mount -i -t fuse -o ${options} dead "$0" && echo mounted; exec sleep 600`;
let holder: ChildProcess | undefined;

const mount = async (): Promise<boolean> => {
  if (process.getuid?.() !== 0 || !existsSync('/dev/fuse')) return false;
  mkdirSync(drive);
  holder = spawn('/bin/sh', ['-c', command, drive], { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    holder!.stdout!.once('data', () => resolve(true));
    holder!.once('exit', () => resolve(false));
    setTimeout(() => resolve(false), 5000);
  });
};

afterEach(() => {
  holder?.kill('SIGKILL');
  spawnSync('/bin/sh', ['-c', 'umount -l "$0"', drive]);
  rmSync(folder, { recursive: true, force: true });
});

it('a drive that does not answer holds up nothing but what lies on it', { timeout: 300_000 }, async ({ skip }) => {
  skip(!(await mount()), 'it takes root and FUSE');
  const server = await startServer({
    SEMSTREAMS_BACKUP_FOLDER: join(drive, 'backups'),
    SEMSTREAMS_FLOWS_DIR: join(drive, 'flows'),
    SEMSTREAMS_FILES_ALLOWED: drive,
    SEMSTREAMS_COMPONENTS_DIR: join(drive, 'components'),
    SEMSTREAMS_SECRETS_DIR: join(folder, 'secrets'),
  });
  const statusOf = async (id: string) => (await server.call('GET', `/api/v1/flows/${id}/status`)).body as FlowStatus;
  const isReady = async () => (await server.call('GET', '/health/ready')).status === 200;
  await eventually('it is ready', isReady);

  const { body: health } = await eventually('it says which folders do not answer', async () => {
    const found = await server.call('GET', '/health');
    return JSON.stringify(found.body).includes('the folder of flows') && found;
  });
  for (const words of ['the folder of flows cannot be read', 'the folder of component types cannot be read'])
    expect(JSON.stringify(health)).toContain(words);

  const looks = Array.from({ length: 8 }, async () => server.call('GET', '/api/v1/backups'));
  for (const { status, body } of await Promise.all(looks)) {
    expect(status).toBe(503);
    expect((body as { detail: string }).detail).toContain('does not answer: if it is a network drive');
  }

  const source = { id: 'source', type: 'simulator_input', config: { rate: 50 } };
  const flow = (id: string, path: string) => ({
    id,
    components: [source, { id: 'file', type: 'file_output', config: { path } }],
  });
  for (const each of [flow('near', 'near.ndjson'), flow('far', join(drive, 'far.ndjson'))]) {
    expect((await server.call('POST', '/api/v1/flows', each)).status).toBe(201);
    await server.call('POST', `/api/v1/flows/${each.id}/deploy`);
  }
  await eventually('the other flow goes on', async () => (await statusOf('near')).components[1]!.out_total > 100);
  symlinkSync(drive, join(folder, 'secrets'));
  const asking = { id: 'out', type: 'http_output', config: { url: 'http://127.0.0.1:9/${AWAY_TOKEN}' } };
  await server.call('POST', '/api/v1/flows', { id: 'secret', components: [source, asking] });
  await server.call('POST', '/api/v1/flows/secret/deploy');
  const { sentence } = await eventually('its secret is out of reach', async () => {
    const status = await statusOf('secret');
    return status.observed === 'failed' && status;
  });
  expect(sentence).toContain('does not answer: if it is a network drive');
  expect((await statusOf('near')).observed).toBe('running');

  await server.call('POST', '/api/v1/flows/far/stop?wait=20s');
  expect((await statusOf('far')).observed).toBe('stopped');
  expect((await statusOf('near')).observed).toBe('running');
  await server.end();

  for (const dataDir of [drive, join(drive, 'data')])
    await expect(startServer({ SEMSTREAMS_DATA_DIR: dataDir }, server.dataDir)).rejects.toThrow(
      `the data folder "${dataDir}" does not answer: if it is on a network drive, see whether its server is there`,
    );

  const given = join(folder, 'given');
  writeFileSync(given, 'x');
  for (const [variable, path] of [
    ['SEMSTREAMS_SECRETS_DIR', drive],
    ['SEMSTREAMS_NATS_PASSWORD_FILE', join(drive, 'password')],
    ['SEMSTREAMS_CONFIG', join(drive, 'config.json')],
    ['SEMSTREAMS_TLS_CERT_FILE', join(drive, 'cert.pem')],
  ] as const) {
    const tls = { SEMSTREAMS_TLS_ENABLED: 'true', SEMSTREAMS_TLS_KEY_FILE: given };
    const settings = { [variable]: path, ...(variable.includes('TLS') && tls) };
    await expect(startServer(settings, server.dataDir)).rejects.toThrow(/does not answer: if it is a network drive/);
  }
});
