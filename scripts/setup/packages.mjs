import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

const stamp = join(root, 'node_modules', '.semstreams-lock');

/** Installs the packages of the lock file, unless exactly these are there. */
export const ensurePackages = async () => {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing packages');
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  } catch (thrown) {
    throw new SetupError(`the packages of package-lock.json cannot be installed: ${thrown.message}`);
  }
  writeFileSync(stamp, lock);
};
