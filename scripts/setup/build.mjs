import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

const stamp = join(root, 'server', 'dist', '.built-from');
const sources = [
  'contract/src',
  'server/package.json',
  'server/src',
  'server/tsconfig.json',
  'server/vite.config.ts',
  'ui/index.html',
  'ui/public',
  'ui/src',
  'ui/build',
  'ui/vite.config.ts',
  'tsconfig.base.json',
  'package-lock.json',
];

/** Builds server and ui, unless what is built was made from these very sources. */
export const ensureBuild = async () => {
  const state = sourceState();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state && existsSync(join(root, 'ui/dist/index.html')))
    return;
  say('building');
  try {
    await run('npx', ['nx', 'run-many', '-t', 'build', '--output-style=static'], {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    });
  } catch (thrown) {
    console.error(thrown.output);
    throw new SetupError('the build failed, for the reason above');
  }
  writeFileSync(stamp, state);
};

/** A hash over the contents of all sources: times say nothing after a clone. */
const sourceState = () => {
  const hash = createHash('sha256');
  const add = (path) => {
    const whole = join(root, path);
    if (!existsSync(whole)) return;
    if (statSync(whole).isDirectory()) for (const name of readdirSync(whole).sort()) add(join(path, name));
    else hash.update(path).update(readFileSync(whole));
  };
  sources.forEach(add);
  return hash.digest('hex');
};
