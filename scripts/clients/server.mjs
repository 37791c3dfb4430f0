import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/root.mjs';

const password = 'a password of this test alone';

/** The built server, where everybody has to log in, with a token of an administrator; `end` ends it and removes its data. */
export const startWithToken = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-clients-data-'));
  const child = spawn(process.execPath, [join(root, 'server/dist/main.js')], {
    cwd: dataDir,
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SEMSTREAMS_'))),
      SEMSTREAMS_PORT: '0',
      SEMSTREAMS_DATA_DIR: dataDir,
      SEMSTREAMS_LOG_FORMAT: 'json',
      SEMSTREAMS_LOGIN: 'always',
      SEMSTREAMS_ADMIN_PASSWORD: password,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const end = async () => {
    child.kill();
    await gone;
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await addressOf(child);
    return { url, token: await makeToken(url), end };
  } catch (thrown) {
    await end();
    throw thrown;
  }
};

const addressOf = (child) =>
  new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000);
      const address = /is ready at (http:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });

const makeToken = async (url) => {
  const ask = (path, body, headers = {}) =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const login = await ask('/api/v1/session', { user: 'admin', password });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const made = await ask('/api/v1/tokens', { name: 'journeys', role: 'administrator' }, { cookie });
  if (!made.ok) throw new Error(`no token is made: ${await made.text()}`);
  return (await made.json()).token;
};
