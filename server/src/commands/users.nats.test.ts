import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { AuditEntry } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audit } from '../access/audit.ts';
import { type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ SEMSTREAMS_LOGIN: 'always' });
}, 120_000);
afterAll(() => rmSync(server.dataDir, { recursive: true }));

/** Runs the command with the settings of the server, but for the port. A text goes in through a socket, as Node has its pipes. */
const users = async (words: readonly string[], given: { readonly port: string; readonly input?: string | number }) => {
  const { port, input = '' } = given;
  const child = spawn(process.execPath, [server.process.spawnargs[1]!, 'users', ...words], {
    cwd: server.dataDir,
    env: { PATH: process.env['PATH'], SEMSTREAMS_DATA_DIR: server.dataDir, SEMSTREAMS_PORT: port },
    stdio: [typeof input === 'number' ? input : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  const code = new Promise((resolve) => child.once('exit', resolve));
  const [said, complained] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { code: await code, said: said.trim(), complained: complained.trim() };
};
const portOfServer = () => new URL(server.url).port;
/** Where nothing listens. */
const nowhere = '1';
const firstPassword = () => join(server.dataDir, 'access', 'first-password');
const newest = (): Partial<AuditEntry> => {
  const { time: _, ...rest } = new Audit(server.dataDir).page({ limit: 1 }).items[0]!;
  return rest;
};

describe('beside a running server', () => {
  it('it changes nothing where the server is not reached by these settings', async () => {
    const before = readFileSync(join(server.dataDir, 'access', 'users.json'), 'utf8');
    const tried = await users(['password', 'admin'], { port: nowhere, input: 'another horse battery\n' });
    expect([tried.code, tried.complained]).toEqual([
      1,
      expect.stringMatching(
        /is used by another server \(process \d+\), and does not answer .* by "--config", or end it/,
      ),
    ]);
    expect(readFileSync(join(server.dataDir, 'access', 'users.json'), 'utf8')).toBe(before);
    expect(existsSync(firstPassword())).toBe(true);
  });

  it('the server does it, and the file of the first password goes', async () => {
    const done = await users(['password', 'admin'], { port: portOfServer(), input: 'another horse battery\nmore\n' });
    expect(done).toEqual({ code: 0, said: '"admin" has another password', complained: '' });
    expect(existsSync(firstPassword())).toBe(false);
    const login = { user: 'admin', password: 'another horse battery' };
    expect((await server.call('POST', '/api/v1/session', login)).status).toBe(200);
  });
});

describe('while no server runs', () => {
  beforeAll(async () => void (await server.end()));

  it('it does it itself, and the audit tells', async () => {
    const port = nowhere;
    const made = await users(['add', 'eva', '--role', 'viewer'], { port, input: 'correct horse battery' });
    expect(made).toEqual({ code: 0, said: '"eva" was made', complained: '' });
    const own = { who: 'this machine', from: 'semstreams users', outcome: 'done' };
    expect(newest()).toEqual({ ...own, what: 'createUser', detail: 'eva: viewer of all flows' });
    const file = join(server.dataDir, 'password');
    writeFileSync(file, 'correct horse battery\n');
    const descriptor = openSync(file, 'r');
    expect((await users(['password', 'eva'], { port, input: descriptor })).code).toBe(0);
    closeSync(descriptor);
    expect(newest()).toEqual({ ...own, what: 'changeUser', detail: 'eva: viewer of all flows; another password' });
    expect((await users(['password', 'eva', '--password-file', file], { port })).code).toBe(0);
    expect((await users(['remove', 'eva'], { port })).code).toBe(0);
    expect(newest()).toEqual({ ...own, what: 'deleteUser', detail: 'eva' });
    expect((await users(['list'], { port })).said).toBe('admin  administrator  all flows');
  });

  it('a password that nobody gives is refused with the way out, and so is a user who is not there', async () => {
    const port = nowhere;
    expect(await users(['password', 'admin'], { port })).toEqual({
      code: 2,
      said: '',
      complained: 'password: a password has eight characters at least',
    });
    const missing = await users(['password', 'eva', '--password-file', '/not/there'], { port });
    expect([missing.code, missing.complained]).toEqual([
      2,
      expect.stringMatching(/cannot be read from "\/not\/there"/),
    ]);
    expect(await users(['remove', 'eva'], { port })).toEqual({
      code: 1,
      said: '',
      complained: 'there is no user "eva"',
    });
  });

  it('a first password that is still there goes with the password and with the user', async () => {
    writeFileSync(firstPassword(), 'old\n');
    await users(['password', 'admin'], { port: nowhere, input: 'correct horse battery' });
    expect(existsSync(firstPassword())).toBe(false);
    writeFileSync(firstPassword(), 'old\n');
    await users(['remove', 'admin'], { port: nowhere });
    expect(existsSync(firstPassword())).toBe(false);
  });
});
