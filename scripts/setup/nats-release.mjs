import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';
import { keepTool } from './tools.mjs';

const version = '2.10.29';

/** SHA-256 of the official archives for Linux, the same as in the Dockerfiles of the official image of this version. */
const archives = {
  x64: ['amd64', 'e314da74a83a1d3876db8814c27eb990fe729640fd6452025b441bcede8390da'],
  arm64: ['arm64', 'da4b27942ecfb4c5f0c54553d2e7f470ddda9d7581cfe8131b351a0e223ed401'],
};

/** Takes the official release into `.tools`, if it is exactly the one that this project knows. */
export const takeRelease = async ({ from = 'https://github.com/nats-io/nats-server/releases/download' } = {}) => {
  const [name, checksum] = (platform() === 'linux' && archives[arch()]) || [];
  if (!name) throw new Error(`there is no release for ${platform()} on ${arch()} that this project knows`);
  const folder = `nats-server-v${version}-linux-${name}`;
  const bytes = await download(`${from}/v${version}/${folder}.tar.gz`);
  if (createHash('sha256').update(bytes).digest('hex') !== checksum)
    throw new Error(`the checksum of ${folder}.tar.gz is not the known one`);
  const work = mkdtempSync(join(tmpdir(), 'semstreams-setup-'));
  try {
    writeFileSync(join(work, 'release.tar.gz'), bytes);
    await run('tar', ['-xzf', 'release.tar.gz', `${folder}/nats-server`], { cwd: work });
    return keepTool(join(work, folder, 'nats-server'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

const download = async (url) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (thrown) {
    throw new Error(`${new URL(url).host} cannot be reached: ${thrown.cause?.message ?? thrown.message}`, {
      cause: thrown,
    });
  }
};
